# %% [markdown]
# # 08 · Exercises: the outbox
#
# One exercise, and it is attacked by every crash and every failing call that
# there is: before and after each step of your code, alone and in pairs. It
# takes less than a second. Where something gets through, you see the smallest
# story of how, as a picture.

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 08.2 An order and its event, or neither
#
# A guest orders. The shop stores the order in its database, and the kitchen
# has to hear of it from the topic `orders`. If the shop dies at a bad moment,
# there must not be an order that no one cooks, nor a dish that no one ordered.
#
# You write two functions. `place_order` is called once for each order; if it
# dies, nobody calls it again. `relay` is another process: it is run again and
# again, and started anew whenever it dies.

# %% [markdown]
# The database has two tables; use of the second what you need:
#
# | table | columns |
# |---|---|
# | `orders` | `order_id`, `cents` |
# | `outbox` | `number` (counts by itself), `order_id`, `cents`, `sent` (0 at first) |
#
# - `db.execute(sql, [values])` runs one statement and returns its rows, as
#   dicts: `db.execute("SELECT * FROM orders")[0]["cents"]`.
# - `with db.transaction():` makes all statements in it one. An exception
#   inside undoes them.
# - `bus.publish("orders", event, key=order_id)` may raise
#   `BrokerUnreachable`: then nobody knows whether the event has arrived.
#
# The kitchen knows how to deal with an event that comes twice. It can't deal
# with one that never comes.

# %% exercise="08.2"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int

def place_order(order_id, cents, db, bus):
    ### BEGIN SOLUTION: store it, have it said
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
        db.execute(
            "INSERT INTO outbox (order_id, cents) VALUES (?, ?)",
            [order_id, cents],
        )
    ### END SOLUTION

def relay(db, bus):
    ### STUB: pass  # perhaps you don't need it
    ### BEGIN SOLUTION: publish what waits
    waiting = "SELECT * FROM outbox WHERE sent = 0 ORDER BY number"
    done = "UPDATE outbox SET sent = 1 WHERE number = ?"
    for row in db.execute(waiting):
        event = OrderPlaced(row["order_id"], row["cents"])
        bus.publish("orders", event, key=event.order_id)
        db.execute(done, [row["number"]])
    ### END SOLUTION
