# %% [markdown]
# # 04 · Exercises: notification or state transfer
#
# Two exercises. In the first you build one feature both ways and see where
# each of them breaks. In the second you keep a copy of somebody else's data,
# while everything that may come late does come late. The lesson is in
# [notebooks/04_notification_or_state.ipynb](../notebooks/04_notification_or_state.ipynb).

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 04.1 A card for whoever moves, both ways
#
# Whoever moves gets a card at the new home. Build it twice.
#
# **By notification.** `ping(guest, address, bus)` says on the topic `pings`
# *that* the guest has moved; the address must not be on the board.
# `on_ping(record, book, db)` asks the guest book, and sends a card to where
# the guest lives *now*.
#
# **By state transfer.** `tell(guest, address, bus)` says it all on the topic
# `changes`. `on_change(record, db)` has no guest book, and sends a card to
# the address of *that* move.

# %% [markdown]
# - A card is sent by a row in the table `cards` (`guest`, `address`); each
#   pair is there only once.
# - `book.address_of(guest)` returns the newest address. It raises
#   `GatewayTimeout` when the guest book doesn't answer; it may be closed for
#   hours.
# - Where `on_ping` or `on_change` raises an error, the record is delivered
#   again later. It may be delivered again in any case, and your process may
#   die at any step.
# - A guest may move again before anyone has read the first event.

# %% [markdown]
# **What does it cost?** `costs(readers, events, every, ping, state)` returns
# two numbers, the bytes that all readers together receive: by notification,
# and by state transfer. Each reader reads all `events`. A ping has `ping`
# bytes. Of the events 0, 1, 2 … those matter to a reader whose number can be
# divided by `every`; only then it asks, and gets an answer of `state` bytes
# (questions don't count). An event that carries the state has `state` bytes.

# %% exercise="04.1"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class GuestMoved(Event):
    guest: str

@dataclass(frozen=True)
class AddressChanged(Event):
    guest: str
    address: str

CARD = "INSERT OR IGNORE INTO cards VALUES (?, ?)"

def ping(guest, address, bus):
    ### BEGIN SOLUTION: say that the guest has moved
    bus.publish("pings", GuestMoved(guest), key=guest)
    ### END SOLUTION

def on_ping(record, book, db):
    ### BEGIN SOLUTION: ask, and send the card
    guest = record.event.guest
    db.execute(CARD, [guest, book.address_of(guest)])
    ### END SOLUTION

def tell(guest, address, bus):
    ### BEGIN SOLUTION: say where to
    bus.publish("changes", AddressChanged(guest, address), key=guest)
    ### END SOLUTION

def on_change(record, db):
    ### BEGIN SOLUTION: send the card
    db.execute(CARD, [record.event.guest, record.event.address])
    ### END SOLUTION

def costs(readers, events, every, ping, state):
    ### BEGIN SOLUTION: count the bytes
    answers = -(-events // every)  # rounded up: number 0 matters, too
    thin = readers * (events * ping + answers * state)
    return thin, readers * events * state
    ### END SOLUTION

# %% [markdown]
# ## 04.2 A copy that stays right
#
# Parcels are labelled from a copy of the guest book: the table `copy` with
# the columns `guest` (primary key), `address`, `version` and `gone` (0 at
# first). Two events change it, both with the guest's version, which the owner
# counts up with every change:
#
# - `AddressChanged`: the guest lives there now. That may be a new guest, or
#   one who had left.
# - `GuestLeft`: no parcels any more. In your copy, the guest's row is absent
#   or has `gone = 1`.

# %% [markdown]
# `take_in(record, db)` is called for each record, in the order of the board;
# but a record may be delivered again, **at once or late**.
#
# The board doesn't go back to the beginning: some guests have not moved since
# it was set up. So at the start `load(book, db)` is called, once:
# `book.all()` returns a list of all guests who are here,
# `(guest, address, version)`. **While you load, `take_in` is running**, in
# another process. Your process may die, and is started again.

# %% exercise="04.2"
from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class AddressChanged(Event):
    guest: str
    address: str
    version: int

@dataclass(frozen=True)
class GuestLeft(Event):
    guest: str
    version: int

def take_in(record, db):
    ### BEGIN SOLUTION: take in what is newer
    event = record.event
    gone = isinstance(event, GuestLeft)
    address = None if gone else event.address
    db.execute(SET, [event.guest, address, event.version, gone])
    ### END SOLUTION

def load(book, db):
    ### BEGIN SOLUTION: load what is newer
    for guest, address, version in book.all():
        db.execute(SET, [guest, address, version, False])
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
SET = """
INSERT INTO copy VALUES (?, ?, ?, ?) ON CONFLICT (guest) DO UPDATE
SET address = excluded.address, version = excluded.version,
    gone = excluded.gone
WHERE excluded.version > copy.version
"""
### END SOLUTION
