# %% [markdown]
# # 02 · Exercises: the log
#
# Keys, commits, rebalances and positions: the four places where a reader of
# a log loses things or does them twice. Your code is attacked with crashes at
# every step, and with evictions from its group.

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 02.1 Three keys
#
# A topic has six partitions, and each is read by another consumer. The key
# decides where an event goes. Choose one for each of three topics:
#
# 1. **Orders.** `OrderChanged(order_id, table, guest, what)`: what happens to
#    one order has to be seen in its order. Guests change tables.
# 2. **Points.** `PointsBooked(guest, order_id, points)`: a guest wins and
#    spends points, with many orders. The account must not be overdrawn only
#    because a reader sees the spending first.
# 3. **Looks.** `MenuLookedAt(screen, drink)`: for statistics; only the number
#    counts. Nineteen of twenty look at the screen by the door.

# %% [markdown]
# Each function gets an event and returns its key: a text, or `None` for no
# key, which spreads the events. No partition may get more than 40 % of a
# topic's events. Every till and every screen runs them in a program of its
# own, which knows nothing of the others.

# %% exercise="02.1"
def key_of_order(event):
    ### BEGIN SOLUTION: the key of an OrderChanged
    return event.order_id
    ### END SOLUTION

def key_of_points(event):
    ### BEGIN SOLUTION: the key of a PointsBooked
    return event.guest
    ### END SOLUTION

def key_of_look(event):
    ### BEGIN SOLUTION: the key of a MenuLookedAt
    return None
    ### END SOLUTION

# %% [markdown]
# ## 02.2 At least once
#
# The bar reads orders and makes drinks. A drink that is made twice is a pity,
# one that is never made is a scandal. Write `work`: it reads what waits, has
# the machine make it, and returns. It is run again and again, and started
# anew whenever it dies.

# %% [markdown]
# | call | |
# |---|---|
# | `bus.consumer("orders", group="bar")` | a member of the group, for a `with` |
# | `consumer.poll()` | a list of records: all that waits |
# | `consumer.commit(record)` | done with this one and all before it in its partition |
# | `consumer.commit()` | done with everything that was polled |
# | `machine.make(order_id)` | makes it; may raise `GatewayTimeout` (of `sandbox.errors`), for hours if it is jammed |
#
# As long as nothing goes wrong, each drink is made once.

# %% exercise="02.2"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str

def work(bus, machine):
    ### BEGIN SOLUTION: make the drinks
    with bus.consumer("orders", group="bar") as consumer:
        for record in consumer.poll():
            machine.make(record.event.order_id)
            consumer.commit(record)
    ### END SOLUTION

# %% [markdown]
# ## 02.3 The zombie's pen
#
# Somebody keeps the price list in a database. `handle(record, consumer, db)`
# is called for each `PriceChanged`, in the order of each drink. It writes the
# price and commits the record.
#
# If a member of the group is slow, the group evicts it and gives its
# partitions to another one, who begins at the committed offset. The evicted
# one hears nothing of it. It goes on with the record in its hands, until its
# commit raises `CommitRejected`: a **zombie**. In the end the list has to
# show the newest prices all the same. (Several people change prices, and their
# clocks differ: the newest price of a drink is the one that was appended last.)

# %% [markdown]
# The table `prices` has `drink` (one row each), `cents`, and a column that
# you may use or leave empty: `offset`. A record has `record.offset`, its
# place in its partition. All records of one drink are in one partition.
#
# | call | |
# |---|---|
# | `db.execute(sql, [values])` | runs one statement of SQL (SQLite's), returns its rows as dicts |
# | `with db.transaction():` | all statements in it count or, after a crash or an exception, none; meanwhile others wait |

# %% exercise="02.3"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int

def handle(record, consumer, db):
    change = record.event
    ### BEGIN SOLUTION: write it, commit it
    db.execute(
        """
        INSERT INTO prices VALUES (?, ?, ?)
        ON CONFLICT (drink) DO UPDATE
        SET cents = excluded.cents, offset = excluded.offset
        WHERE excluded.offset > offset
        """,
        [change.drink, change.cents, record.offset],
    )
    consumer.commit(record)
    ### END SOLUTION

# %% [markdown]
# ## 02.4 The bookmark is in the book
#
# The bookkeeper adds up what each till has taken. A sum is not like a price:
# to add the same drink twice is wrong, and so is to leave one out. The group's
# committed offset can't help, as it is written at another moment than the sum.
#
# So keep your own position, in the same database (`db` as in 02.3). `work` is
# run again and again, and started anew whenever it dies. Where nothing new
# waits, it writes nothing. The board keeps its records for a week; the books
# are kept for years.

# %% [markdown]
# Other members may join meanwhile and take some of the partitions. `work` may
# also be evicted, and go on as a zombie. If it polls then, it joins anew, and
# begins at the group's committed offset, wherever it had sought before.
#
# The tables are `takings` (`till`, `cents`), one row for each till, and
# `positions` (`partition`, `next_offset`), one row for each partition. Both are
# empty in the beginning.
#
# `consumer.assignment` is the set of the partitions that you read, such as
# `{("paid", 0)}`, and `consumer.seek(0, 5)` has partition 0 go on from offset
# 5. A record has `record.partition` and `record.offset`. This adds to a sum,
# old or new:

# %%
ADD = """
INSERT INTO takings VALUES (?, ?)
ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents
"""
print(ADD)

# %% exercise="02.4"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int

ADD = """
INSERT INTO takings VALUES (?, ?)
ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents
"""

def work(bus, db):
    ### BEGIN SOLUTION: go on from your own position
    with bus.consumer("paid", group="books") as consumer:
        for _, partition in consumer.assignment:
            consumer.seek(partition, next_offset(db, partition))
        for record in consumer.poll():
            with db.transaction():
                book(db, record)
    ### END SOLUTION

### STUB: # more functions, if you like
### BEGIN SOLUTION: more functions
def next_offset(db, partition):
    of = "SELECT next_offset FROM positions WHERE partition = ?"
    rows = db.execute(of, [partition])
    return rows[0]["next_offset"] if rows else 0

def book(db, record):
    if next_offset(db, record.partition) != record.offset:
        return  # somebody else was here
    db.execute(ADD, [record.event.till, record.event.cents])
    db.execute(
        "INSERT OR REPLACE INTO positions VALUES (?, ?)",
        [record.partition, record.offset + 1],
    )
### END SOLUTION
