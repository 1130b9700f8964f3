# %% [markdown]
# # 03 · Exercises: idempotent consumers
#
# A broker delivers *at least* once. Here you write consumers to which that
# does no harm. They are attacked with copies of every kind, with crashes, and
# with two consumers that hold the same record.

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 03.1 One stamp for each drink
#
# For each drink a guest gets a stamp on the card. `handle(record, db)` is
# called for each record that is delivered, and it is your function. Copies
# come: at once, or after many others, or a whole stretch of the log again.
# There is one stamp for each drink, all the same.
#
# The record's event is a `DrinkSold`. The tables are:
#
# | table | columns |
# |---|---|
# | `stamps` | `guest` (one row each), `count` |
# | `handled` | `id` (each only once: a second one raises `ConstraintViolated`) |

# %% [markdown]
# `db.execute(sql, [values])` runs one statement and returns its rows as
# dicts. This one adds a stamp, to an old card or a new one:

# %%
STAMP = """
INSERT INTO stamps VALUES (?, 1)
ON CONFLICT (guest) DO UPDATE SET count = count + 1
"""
print(STAMP)

# %% [markdown]
# Each record has an envelope, `record.envelope`, with `id`, `source`, `type`
# and `time`. Nothing crashes in this exercise.

# %% exercise="03.1"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str

STAMP = """
INSERT INTO stamps VALUES (?, 1)
ON CONFLICT (guest) DO UPDATE SET count = count + 1
"""

def handle(record, db):
    ### BEGIN SOLUTION: one stamp for each drink
    mark = "INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING RETURNING id"
    if db.execute(mark, [record.envelope.id]):
        db.execute(STAMP, [record.event.guest])
    ### END SOLUTION

# %% [markdown]
# ## 03.2 The mark and the stamp, or neither
#
# The same tables, and now the process may die between any two steps of yours.
# The record that it was busy with is then delivered again, to a new process
# that remembers nothing. It also happens that a second process gets a record
# while the first one, slow and not dead, is still at it.
#
# `with db.transaction():` makes all statements in it one: all of them count,
# or, after a crash or an exception, none. While one process is inside, others
# wait.

# %% exercise="03.2"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str

STAMP = """
INSERT INTO stamps VALUES (?, 1)
ON CONFLICT (guest) DO UPDATE SET count = count + 1
"""

def handle(record, db):
    ### BEGIN SOLUTION: one stamp each
    mark = "INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING RETURNING id"
    with db.transaction():
        if db.execute(mark, [record.envelope.id]):
            db.execute(STAMP, [record.event.guest])
    ### END SOLUTION

# %% [markdown]
# ## 03.3 Charge the card once
#
# The cashier reads orders and charges cards, at a provider that no
# transaction of yours reaches:
#
# ```python
# charge = payments.charge("G-7", 420, idempotency_key="…")
# ```
#
# It returns a charge with an `id`. `PaymentDeclined` means no, for good, to
# this order: the guest may well pay for a smaller one. `GatewayTimeout` means
# that there was no answer: perhaps nothing was done, perhaps it was done,
# perhaps it will be. And it may be long until there are answers again. The
# same key with the same account and cents has no second effect and gives the
# same answer; with others it raises `IdempotencyKeyReused`.

# %% [markdown]
# Write down what became of each order, in the table `payments`: `order_id`
# (one row each; a second one raises `ConstraintViolated`), `status` (`'paid'`
# or `'declined'`) and `charge_id` (of the charge that paid for this order).
#
# If your function raises, the process ends, and the record is delivered again
# to the next one. One guest may well have two orders over the same amount.

# %% exercise="03.3"
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import PaymentDeclined

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    guest: str
    cents: int

def handle(record, db, payments):
    order = record.event
    ### BEGIN SOLUTION: charge it once
    key = f"payment of {order.order_id}"
    try:
        made = payments.charge(order.guest, order.cents, idempotency_key=key)
        row = [order.order_id, "paid", made.id]
    except PaymentDeclined:
        row = [order.order_id, "declined", None]
    db.execute("INSERT OR REPLACE INTO payments VALUES (?, ?, ?)", row)
    ### END SOLUTION

# %% [markdown]
# ## 03.4 Added, removed, added again
#
# Guests keep a list of favourite drinks. Their changes come as
# `FavouriteAdded` and `FavouriteRemoved`, each with a `version` that counts
# up for one guest and one drink. A greater version is newer, and that is all
# that it says: the first one that you see may be 8. Nothing keeps the events
# in order: a copy of an old one may come last. And your process may die, and
# is started again.
#
# In the end the list has to be as the newest version says. The table
# `favourites` has `guest`, `drink` (one row for both), `version` and
# `present` (1 or 0).

# %% exercise="03.4"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class FavouriteAdded(Event):
    guest: str
    drink: str
    version: int

@dataclass(frozen=True)
class FavouriteRemoved(Event):
    guest: str
    drink: str
    version: int

def handle(record, db):
    change = record.event
    ### BEGIN SOLUTION: keep the list
    present = isinstance(change, FavouriteAdded)
    row = [change.guest, change.drink, change.version, present]
    db.execute(
        """
        INSERT INTO favourites VALUES (?, ?, ?, ?)
        ON CONFLICT (guest, drink) DO UPDATE
        SET version = excluded.version, present = excluded.present
        WHERE excluded.version > version
        """,
        row,
    )
    ### END SOLUTION

# %% [markdown]
# ## 03.5 Break it: a memory and a last id
#
# Now you are on the other side. The code below stamps cards, and keeps no
# table of ids. Its author says: "Copies are stopped by the set. A crash
# empties the set, but it gives back only the record that was under way, and
# that is the last one on its card: so each card keeps its last id. And it is
# one statement, so no crash fits in between."
#
# All of that is true. We have tried every single copy and every single crash:
# it survives. Write the schedule under which a card gets a stamp too many.

# %% tags=["build"]
from dataclasses import dataclass
from sandbox import Event

@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str

STAMP = """
INSERT INTO stamps VALUES (?, 1, ?) ON CONFLICT (guest) DO UPDATE
SET count = count + 1, last = excluded.last WHERE last <> excluded.last
"""
seen = set()  # the ids that this process has had

def handle(record, db):
    id = record.envelope.id
    if id not in seen:
        db.execute(STAMP, [record.event.guest, id])
        seen.add(id)

# %% [markdown]
# G-7 buys a flat white, and then a mocha.
# `stamped_twice()` returns text, one fault a line. A step has an actor, an
# action and a number: `stamper commit 2` is the stamper's second commit.
#
# | fault | means |
# |---|---|
# | `duplicate till publish 1 late` | this sale is on the board once more, behind all others; or `at-once`: right behind itself |
# | `duplicate stamper commit 2 suffix` | at this commit the group goes back to where this process has begun |
# | `crash stamper commit 2 after` | the process dies after this step (or `before` it), and a new one takes over |
#
# Run the cell as it is: it lists all steps. The fewer faults, the better.

# %% exercise="03.5"
def stamped_twice():
    ### STUB: return ""  # one fault a line
    ### BEGIN SOLUTION: two faults
    return """
    duplicate till publish 1 late
    crash stamper commit 1 after
    """
    ### END SOLUTION
