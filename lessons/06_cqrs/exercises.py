# %% [markdown]
# # 06 · Exercises: read models
#
# Four exercises. You build a read model that survives crashes, one that
# listens to several topics, a page that never shows a guest less than the
# guest has written, and a rebuild that nobody notices. The lesson is in
# [notebooks/06_cqrs.ipynb](../notebooks/06_cqrs.ipynb).

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 06.1 The bookmark of the screen
#
# A screen shows how many of each drink were sold today. Two events change
# that: `DrinkSold` adds one, `DrinkReturned` takes one away. The screen's
# database has two tables:
#
# | table | columns |
# |---|---|
# | `sold` | `drink` (primary key), `count` |
# | `checkpoint` | `position`: one row, 0 at first |
#
# - `catch_up(store, db)` takes in every event after the checkpoint, and moves
#   the checkpoint to the last event that is counted.
# - `rebuild(store, db)` is called when the table has become wrong: it makes
#   it anew, from all events.

# %% [markdown]
# `store.read_all(after=7)` gives the events after position 7, in their order:
# `stored.event`, `stored.position`. With `limit=1` it gives one at most.
# `db.execute(sql, [values])` returns rows as dicts, and whatever stands in
# `with db.transaction():` is done as one.
#
# What may happen: your process dies at any step, and the function is called
# again, in a new process. **Two processes may run at the same time**, both in
# `catch_up`, or one of them in `rebuild`. And the till goes on selling.
#
# What must hold, once nobody dies any more: each event is counted exactly
# once, and the checkpoint is at the last event. A row with the count 0 may
# stay or go. (It may be below 0: yesterday's drinks come back.)

# %% exercise="06.1"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class DrinkSold(Event):
    drink: str

@dataclass(frozen=True)
class DrinkReturned(Event):
    drink: str

def catch_up(store, db):
    ### BEGIN SOLUTION: take in what is new
    with db.transaction():
        take_in(store, db)
    ### END SOLUTION

def rebuild(store, db):
    ### BEGIN SOLUTION: make it anew
    with db.transaction():
        db.execute("DELETE FROM sold")
        db.execute("UPDATE checkpoint SET position = 0")
        take_in(store, db)
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
def take_in(store, db):
    (row,) = db.execute("SELECT position FROM checkpoint")
    for stored in store.read_all(after=row["position"]):
        by = 1 if isinstance(stored.event, DrinkSold) else -1
        db.execute(ADD, [stored.event.drink, by])
        db.execute("UPDATE checkpoint SET position = ?", [stored.position])

ADD = """
INSERT INTO sold VALUES (?, ?) ON CONFLICT (drink) DO UPDATE
SET count = count + excluded.count
"""
### END SOLUTION

# %% [markdown]
# ## 06.2 Paid, packed, or packed, paid
#
# The driver has a list of the orders that may leave the house. Three topics
# know something about that:
#
# | topic | event | says |
# |---|---|---|
# | `payments` | `OrderPaid` | the money is there |
# | `packing` | `ParcelPacked` | parcel number `parcel` is closed; the order has `parcels` of them |
# | `office` | `OrderCancelled` | it must not leave |
#
# `handle(record, db)` is called for each record. `to_ship(db)` returns a list
# of the ids of those orders that are paid, whose parcels are all packed, and
# and that are not cancelled; each of them once in the list. The driver may ask
# again.

# %% [markdown]
# Each topic has a reader of its own, and they run **at the same time, in
# three processes**. So a record of one topic may come before or after those
# of another one, in any order. It may be delivered again, at once or much
# later. Parcel 2 may be closed before parcel 1. Your process may die.
#
# | table | columns |
# |---|---|
# | `orders` | `order_id` (primary key), `parcels` (NULL at first), `paid`, `cancelled` (0 at first) |
# | `packed` | `order_id`, `parcel` (both together are the primary key) |
#
# A fact that has not come yet may never come. So don't guess.

# %% exercise="06.2"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class OrderPaid(Event):
    order_id: str

@dataclass(frozen=True)
class ParcelPacked(Event):
    order_id: str
    parcel: int  # from 1
    parcels: int

@dataclass(frozen=True)
class OrderCancelled(Event):
    order_id: str

def handle(record, db):
    ### BEGIN SOLUTION: note the fact
    event = record.event
    if isinstance(event, OrderPaid):
        db.execute(PAID, [event.order_id])
    elif isinstance(event, OrderCancelled):
        db.execute(CANCELLED, [event.order_id])
    else:
        db.execute(PACKED, [event.order_id, event.parcel])
        db.execute(PARCELS, [event.order_id, event.parcels])
    ### END SOLUTION

def to_ship(db):
    ### BEGIN SOLUTION: ask for what is complete
    return [row["order_id"] for row in db.execute(COMPLETE)]
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
PAID = """
INSERT INTO orders (order_id, paid) VALUES (?, 1)
ON CONFLICT (order_id) DO UPDATE SET paid = 1
"""
CANCELLED = """
INSERT INTO orders (order_id, cancelled) VALUES (?, 1)
ON CONFLICT (order_id) DO UPDATE SET cancelled = 1
"""
PACKED = "INSERT OR IGNORE INTO packed VALUES (?, ?)"
PARCELS = """
INSERT INTO orders (order_id, parcels) VALUES (?, ?)
ON CONFLICT (order_id) DO UPDATE SET parcels = excluded.parcels
"""
COMPLETE = """
SELECT order_id FROM orders
WHERE paid AND NOT cancelled AND parcels = (
    SELECT count(*) FROM packed WHERE packed.order_id = orders.order_id
)
"""
### END SOLUTION

# %% [markdown]
# ## 06.3 Is that my order?
#
# Guests choose a drink on their phone, change their mind, and look at once
# whether it has worked. The page reads from a read model, which somebody
# else's projection keeps up to date, sooner or later:
#
# | table | columns |
# |---|---|
# | `pages` | `order_id` (primary key), `drink` |
# | `checkpoint` | `position`: one row; all events up to there are in `pages` |
#
# - `choose(order_id, drink, store)` appends `DrinkChosen` to the stream of
#   that name, and returns a **token**: what you like. The phone keeps it.
# - `my_order(order_id, token, db, timer)` returns the order's drink from the
#   page, or `NOT_YET`.

# %% [markdown]
# `timer.wait(ms)` lets time pass, and others work. `timer.now()` is the time in
# ms. (Both are virtual: nothing sleeps.) What must hold:
#
# - **Never older than my write**: the page as it was when it had the guest's
#   own event, or newer. The barista may have changed the order since.
# - **Bounded**: an answer comes within 100 ms.
# - **No needless wait**: once the page has it, the answer comes at most 20 ms
#   later.
# - **Honest**: `NOT_YET` only when the page did not have it all that time.
#
# The projection may be fast, slow or down. It works between any two of your
# steps. It may be rebuilding: the page is emptied, the checkpoint goes to 0,
# and both grow again. Other guests order.

# %% exercise="06.3"
from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"

@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str

def choose(order_id, drink, store):
    version = store.version(order_id)
    event = DrinkChosen(order_id, drink)
    (stored,) = store.append(order_id, [event], expected_version=version)
    ### BEGIN SOLUTION: return a token
    return stored.position
    ### END SOLUTION

def my_order(order_id, token, db, timer):
    ### BEGIN SOLUTION: wait for it, with a bound
    deadline = timer.now() + 100
    while True:
        (row,) = db.execute(PAGE, [order_id])
        if row["position"] >= token:
            return row["drink"]
        if timer.now() >= deadline:
            return NOT_YET
        timer.wait(10)
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
PAGE = """
SELECT position, (SELECT drink FROM pages WHERE order_id = ?) AS drink
FROM checkpoint
"""
### END SOLUTION

# %% [markdown]
# ## 06.4 The new screen beside the old one
#
# The screen is to show the takings as well. So its read model gets a second
# version, which is built from the first event on, while version 1 is live:
#
# | table | columns |
# |---|---|
# | `sold_1` | `drink` (primary key), `count` |
# | `sold_2` | `drink` (primary key), `count`, `cents` |
# | `versions` | `version` (1 and 2), `position`, `live` (1 for one of them, 0 for the other) |
#
# - `catch_up(store, db)` is the projection. It is called after each sale, and
#   takes every event into the version that is live.
# - `build(store, db)` builds version 2, makes it live, and returns `True`. It
#   may also return `False`, for *not yet*: then it is called again. `True`, too,
#   where version 2 is live already.

# %% [markdown]
# Both run **at the same time, in two processes**; either of them may die at
# any step, and is called again. Readers look at the live version after every
# single change. What must hold:
#
# - A reader always finds one live version, and never sees fewer drinks sold
#   than before. (This is called **monotonic reads**.)
# - While version 2 is being built, `catch_up` does its work as ever.
# - In the end version 2 is live, has counted each event once, and the
#   projection goes on with it.

# %% [markdown]
# A transaction that changes more than **four rows**, of all tables together, is
# refused with `DatabaseFailed`: in real life there are millions of events, and
# nobody else can write while it is open. (A statement outside of one is a transaction
# by itself.) `store.read_all(after=position, limit=3)` gives three events at most.

# %% exercise="06.4"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class DrinkPaid(Event):
    drink: str
    cents: int

def catch_up(store, db):
    ### BEGIN SOLUTION: take in what is new
    while take_in(store, db, live_version(db)):
        pass
    ### END SOLUTION

def build(store, db):
    ### BEGIN SOLUTION: build version 2, and switch
    if live_version(db) == 2:
        return True
    while take_in(store, db, 2):
        pass
    with db.transaction():
        old, new = db.execute("SELECT * FROM versions ORDER BY version")
        if new["position"] < old["position"]:
            return False
        db.execute("UPDATE versions SET live = (version = 2)")
    return True
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
def live_version(db):
    (row,) = db.execute("SELECT version FROM versions WHERE live")
    return row["version"]

def take_in(store, db, version):
    """Take in a few events; how many that were."""
    with db.transaction():
        (row,) = db.execute(POSITION, [version])
        events = list(store.read_all(after=row["position"], limit=3))
        for stored in events:
            sale = [stored.event.drink, stored.event.cents]
            db.execute(ADD[version], sale[:version])
        if events:
            db.execute(MOVE, [events[-1].position, version])
    return len(events)

POSITION = "SELECT position FROM versions WHERE version = ?"
MOVE = "UPDATE versions SET position = ? WHERE version = ?"
ADD = {
    1: """INSERT INTO sold_1 VALUES (?, 1)
        ON CONFLICT (drink) DO UPDATE SET count = count + 1""",
    2: """INSERT INTO sold_2 VALUES (?, 1, ?) ON CONFLICT (drink)
        DO UPDATE SET count = count + 1, cents = cents + excluded.cents""",
}
### END SOLUTION
