# %% [markdown]
# # 08 · Exercises: the outbox
#
# First you break a shop that writes twice; then you mend it, and break and
# mend what is left. Everything is attacked with each crash and each failing
# call that there is, alone and in pairs. Where something gets through, you
# see the smallest story of how, as a picture. The lesson is in
# [notebooks/08_outbox.ipynb](../notebooks/08_outbox.ipynb).

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 08.1 A loss and a ghost
#
# Here the roles are changed: this is the program, and **you** are what goes
# wrong. Its author was careful. Storing and saying stand in one transaction,
# and what can't be said is kept for later. `place_order` is called once.
# After that `say_the_rest` is run, again and again, in the same process.

# %% tags=["build"]
from dataclasses import dataclass
from sandbox import Event
from sandbox.errors import BrokerUnreachable
@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str

unsaid = []
def place_order(order_id, db, bus):
    with db.transaction():  # all or nothing
        db.execute("INSERT INTO orders VALUES (?)", [order_id])
        try:
            bus.publish("orders", OrderPlaced(order_id), key=order_id)
        except BrokerUnreachable:
            unsaid.append(order_id)  # the order counts; say it later

def say_the_rest(bus):
    while unsaid:
        bus.publish("orders", OrderPlaced(unsaid[0]), key=unsaid[0])
        unsaid.pop(0)

# %% [markdown]
# Write two schedules, text with one fault a line:
#
# - `lost()`: the order is stored, and in the end nobody has said so.
# - `ghost()`: the order is on the board, and in the end it isn't stored.
#
# | fault | |
# |---|---|
# | `crash shop publish 1 after` | the shop dies right after its first publish (or `before` it), and is started again, with empty memory |
# | `fail shop publish 1 request` | the call raises `BrokerUnreachable`; nothing has arrived |
# | `fail shop publish 1 response` | the same error, but the event has arrived |

# %% [markdown]
# A step is named by who takes it, what it is, and its number: `shop begin 1`,
# `shop execute 1`, `shop publish 1`, and `shop transaction 1`, which is the
# commit. The fewer faults, the better.

# %% exercise="08.1"
def lost():
    ### STUB: return ""
    ### BEGIN SOLUTION: lose an order
    return """
        fail shop publish 1 request
        crash shop transaction 1 after
    """
    ### END SOLUTION

def ghost():
    ### STUB: return ""
    ### BEGIN SOLUTION: make a ghost
    return "crash shop publish 1 after"
    ### END SOLUTION

# %% [markdown]
# ## 08.2 An order and its event, or neither
#
# A guest orders. The shop stores the order in its database, and the kitchen
# has to hear of it from the topic `orders`. If the shop dies at a bad moment,
# there must not be an order that no one cooks, nor a dish that no one ordered.
#
# You write two functions. `place_order` is called once for each order; if it
# dies, nobody calls it again. `relay` is another process: it is run again and
# again, and started anew whenever it dies. Guests don't wait for it: an order
# may come in while it is at work.

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

# %% [markdown]
# ## 08.3 A relay with a twin
#
# The shop's outbox is filled already; you write the relay. To be safe, two of
# them run, in two processes, **at the same time**. Meanwhile the shop goes on
# writing. The table `outbox`:
#
# | column | |
# |---|---|
# | `number` | counts up, in the order of the commits |
# | `id` | of the event, made by the shop |
# | `order_id`, `what` | for instance `A-1`, `placed`; later `A-1`, `cancelled`; and perhaps `A-1`, `placed` once more |
# | `sent` | 0 at first; yours |

# %% [markdown]
# `relay(db, bus)` publishes on the topic `orders` and is run again and again.
# It may die at any step, and `bus.publish` may raise `BrokerUnreachable`.
#
# - Each row has to be on the board in the end. More than once does no harm:
#   the kitchen has an inbox.
# - That inbox knows an event by its id. So however often you publish a row,
#   it has the same id, and no two rows share one:
#   `bus.publish(topic, event, key=…, id=…)`.
# - The kitchen must not read of a cancelled order first, and that it was
#   placed after that. What one order went through stands on the board in the
#   order of its rows. (Repetitions don't count, only where something appears
#   for the first time.)

# %% exercise="08.3"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str

def relay(db, bus):
    ### BEGIN SOLUTION: publish what waits
    waiting = "SELECT * FROM outbox WHERE sent = 0 ORDER BY number"
    done = "UPDATE outbox SET sent = 1 WHERE number = ?"
    for row in db.execute(waiting):
        event = OrderChanged(row["order_id"], row["what"])
        bus.publish("orders", event, key=event.order_id, id=row["id"])
        db.execute(done, [row["number"]])
    ### END SOLUTION

# %% [markdown]
# ## 08.4 The number that came late
#
# This database has many writers at once, as PostgreSQL has. A transaction
# takes its number when it begins; its row in `outbox` can be seen when it
# commits. So number 2 may be there before number 1. And not each number
# becomes a row: a transaction that rolls back leaves it unused, for ever, and
# a big import that fails leaves thousands.
#
# (PostgreSQL lists running transactions by an id of their own, so there each
# row of an outbox stores that id as well. Here one number is enough.)

# %% [markdown]
# | table | columns | |
# |---|---|---|
# | `outbox` | `number`, `order_id`, `cents` | the auditors read it, too: leave it as it is |
# | `running` | `number` | of each transaction that is still running; a number leaves it in the moment in which its row appears, or never will |
# | `place` | `last` | one row, 0 at first; yours |
# | `notes` | `number` | empty; yours |

# %% [markdown]
# This relay loses orders. There is only one, and it may die at any step.
# Write one that loses nothing:
#
# ```python
# def relay(db, bus):
#     last = db.execute("SELECT last FROM place")[0]["last"]
#     new = "SELECT * FROM outbox WHERE number > ? ORDER BY number"
#     for row in db.execute(new, [last]):
#         event = OrderPlaced(row["order_id"], row["cents"])
#         bus.publish("orders", event, key=event.order_id)
#         db.execute("UPDATE place SET last = ?", [row["number"]])
# ```
#
# - Each order that is committed has to be published, in the end.
# - Nobody waits for a number that will never come.
# - After a crash an order may come twice. But what was out when `relay` came
#   to its end is not published again later.
# - Between any two of your statements others may begin and commit.

# %% exercise="08.4"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int

def relay(db, bus):
    ### BEGIN SOLUTION: publish what is safe to publish
    safe = """
        SELECT * FROM outbox
        WHERE number > (SELECT last FROM place) AND NOT EXISTS (
            SELECT * FROM running WHERE running.number < outbox.number
        )
        ORDER BY number
    """
    for row in db.execute(safe):
        event = OrderPlaced(row["order_id"], row["cents"])
        bus.publish("orders", event, key=event.order_id)
        db.execute("UPDATE place SET last = ?", [row["number"]])
    ### END SOLUTION

# %% [markdown]
# ## 08.5 A gift for each full card
#
# Each drink is worth a stamp, and two stamps fill a card. A full card is
# worth a gift: the gift of the day. The boss changes it whenever she likes.
# (Ada has a stamp from before, so her next drink fills her first card.)

# %% [markdown]
# `handle(record, db, bus)` is called for each `DrinkSold(guest)`. Drinks are
# sold at the till and on the terrace, and one process reads each of the two:
# they work at the same time.
# If yours dies or raises an error, the record comes again, later: other
# drinks of the same guest may have been stamped in between, and the gift of
# the day may be another one. `relay(db, bus)` is run again and again, as in
# 08.2; perhaps you don't need it.

# %% [markdown]
# Two stamps make card 1, four make card 2. When a card is full, publish
# `CardFilled(guest, card, gift)` on the topic `filled`, with the guest as the
# key. It may be published twice. But then it is the **same** message: the same
# card, the same gift, and the same id (`bus.publish(…, id=…)`), since whoever
# hands out gifts has an inbox.

# %% [markdown]
# | table | columns |
# |---|---|
# | `cards` | `guest` (one row each), `stamps` (all that this guest ever got) |
# | `today` | `gift` (one row) |
# | `inbox` | `id` (each only once), `note` (yours) |
# | `outbox` | `number` (counts by itself), `id`, `guest`, `card`, `gift`, `sent` (0 at first) |

# %% exercise="08.5"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class CardFilled(Event):
    guest: str
    card: int
    gift: str

STAMP = """
INSERT INTO cards VALUES (?, 1)
ON CONFLICT (guest) DO UPDATE SET stamps = stamps + 1
RETURNING stamps
"""  # returns one row, with the new number of stamps

def handle(record, db, bus):
    ### BEGIN SOLUTION: stamp, and decide
    guest, id = record.event.guest, record.envelope.id
    note = "INSERT INTO outbox (id, guest, card, gift) VALUES (?, ?, ?, ?)"
    with db.transaction():
        if db.execute("SELECT 1 FROM inbox WHERE id = ?", [id]):
            return
        db.execute("INSERT INTO inbox (id) VALUES (?)", [id])
        stamps = db.execute(STAMP, [guest])[0]["stamps"]
        if stamps % 2 == 0:
            gift = db.execute("SELECT gift FROM today")[0]["gift"]
            card = stamps // 2
            db.execute(note, [f"{guest}-{card}", guest, card, gift])
    ### END SOLUTION

def relay(db, bus):
    ### STUB: pass  # perhaps you don't need it
    ### BEGIN SOLUTION: say what was decided
    waiting = "SELECT * FROM outbox WHERE sent = 0 ORDER BY number"
    for row in db.execute(waiting):
        event = CardFilled(row["guest"], row["card"], row["gift"])
        bus.publish("filled", event, key=event.guest, id=row["id"])
        db.execute("UPDATE outbox SET sent = 1 WHERE id = ?", [row["id"]])
    ### END SOLUTION
