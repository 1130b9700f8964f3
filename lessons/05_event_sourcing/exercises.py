# %% [markdown]
# # 05 · Exercises: event sourcing
#
# Four exercises: the rules of a card, two tills at once, a replay that does
# nothing twice, and snapshots that may be wrong. The lesson is in
# [notebooks/05_event_sourcing.ipynb](../notebooks/05_event_sourcing.ipynb).

# %%
import sandbox  # from here on, this notebook knows %%exercise

# %% [markdown]
# ## 05.1 A card with rules
#
# Write `decide(command, card)`, which gives a list of events or raises
# `Refused`, and `evolve(card, event)`, which gives the next state. The state
# is yours to choose: a frozen dataclass, a tuple, a dict. `START` is what a
# card is before anything has happened.
#
# | command | what happens | refused if |
# |---|---|---|
# | `OpenCard` | `CardOpened` | it is open already |
# | `TopUp` | `ToppedUp` | not open; blocked; less than 1 cent |
# | `Pay` | `Paid`, and `RanLow` if less than 200 is left | not open; blocked; less than 1 cent; more than there is; more than 365 days after it was opened |
# | `BlockCard` | `CardBlocked`; nothing, if it is blocked | not open |

# %% [markdown]
# - These are all the rules there are: nothing else is refused.
# - What has to be known of the world comes with the command: the `day`, and
#   the number of the `receipt` (each till begins with `R-1`).
# - Old streams have `BonusGranted`: money that was put on cards in a summer
#   long ago. No command leads to it any more.
# - Old streams also have what today's rules forbid: payments of terminals
#   that were offline, with blocked cards, or below zero. It has happened.
#
# `happens` and `is_refused` are for you to play with, and the grader uses
# them: given a history, when a command comes, then these events.

# %% exercise="05.1"
from dataclasses import dataclass, replace
from datetime import date

from sandbox import Command, Event
from sandbox.patterns import Aggregate

@dataclass(frozen=True)
class OpenCard(Command):
    day: date

@dataclass(frozen=True)
class TopUp(Command):
    cents: int

@dataclass(frozen=True)
class Pay(Command):
    cents: int
    receipt: str
    day: date

@dataclass(frozen=True)
class BlockCard(Command):
    pass

@dataclass(frozen=True)
class CardOpened(Event):
    day: date

@dataclass(frozen=True)
class ToppedUp(Event):
    cents: int

@dataclass(frozen=True)
class Paid(Event):
    cents: int
    receipt: str

@dataclass(frozen=True)
class RanLow(Event):
    pass

@dataclass(frozen=True)
class CardBlocked(Event):
    pass

@dataclass(frozen=True)
class BonusGranted(Event):
    cents: int

class Refused(Exception):
    pass

### STUB: START = None  # a card before anything has happened
### BEGIN SOLUTION: the state
@dataclass(frozen=True)
class Card:
    opened: date | None = None
    cents: int = 0
    blocked: bool = False

START = Card()
### END SOLUTION

def evolve(card, event):
    ### BEGIN SOLUTION: what is true after this event
    match event:
        case CardOpened(day):
            return replace(card, opened=day)
        case ToppedUp(cents) | BonusGranted(cents):
            return replace(card, cents=card.cents + cents)
        case Paid(cents):
            return replace(card, cents=card.cents - cents)
        case CardBlocked():
            return replace(card, blocked=True)
        case _:
            return card
    ### END SOLUTION

def decide(command, card):
    ### BEGIN SOLUTION: what happens, or Refused
    if isinstance(command, OpenCard):
        if card.opened:
            raise Refused("it is open")
        return [CardOpened(command.day)]
    if not card.opened:
        raise Refused("there is no card")
    if isinstance(command, BlockCard):
        return [] if card.blocked else [CardBlocked()]
    if card.blocked or command.cents < 1:
        raise Refused("it is blocked, or that is no amount")
    if isinstance(command, TopUp):
        return [ToppedUp(command.cents)]
    left = card.cents - command.cents
    if left < 0 or (command.day - card.opened).days > 365:
        raise Refused("not enough, or too late")
    paid = Paid(command.cents, command.receipt)
    return [paid, RanLow()] if left < 200 else [paid]
    ### END SOLUTION

def happens(history, command, *events):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).then(*events)

def is_refused(history, command):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).refused(Refused)

# %% [markdown]
# ## 05.2 Two tills at once
#
# Write `pay(payment, cents, store)`. It reads the stream `card`, decides, and
# appends `Paid` and `StampEarned`: a guest earns a stamp with each payment,
# so both are stored, or none. It returns `True` when that is done, and
# `False` when there is not enough money on the card.
#
# - `store.read("card")` gives the stored events, each with `.event` and
#   `.version`. `store.append("card", events, expected_version=n)` stores all
#   of them, or raises `ConcurrencyConflict`.
# - Other tills pay with the same card **at the same time**, and the office
#   tops it up.

# %% [markdown]
# - The card never goes below zero, not even for a moment.
# - Everyone gets an answer. That others were faster is not the guest's
#   business: while there is enough money, the answer is `True`, however often
#   somebody else is first.
# - Your process may die at any step. Then its till is told nothing.

# %% exercise="05.2"
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import ConcurrencyConflict

@dataclass(frozen=True)
class ToppedUp(Event):
    cents: int

@dataclass(frozen=True)
class Paid(Event):
    payment: str
    cents: int

@dataclass(frozen=True)
class StampEarned(Event):
    payment: str

def pay(payment, cents, store):
    ### BEGIN SOLUTION: pay, or say no
    while True:
        balance = version = 0
        for stored in store.read("card"):
            version = stored.version
            match stored.event:
                case ToppedUp(amount):
                    balance += amount
                case Paid(_, amount):
                    balance -= amount
        if balance < cents:
            return False
        both = [Paid(payment, cents), StampEarned(payment)]
        try:
            store.append("card", both, expected_version=version)
            return True
        except ConcurrencyConflict:
            pass  # somebody was faster: read again, decide again
    ### END SOLUTION

# %% [markdown]
# ## 05.3 Replay, and take nothing twice
#
# A guest's card is topped up from the bank. That takes two steps, and each
# card has its stream, `card-Ada`.
#
# - `ask(guest, request, cents, store, clock)` notes the wish: it appends
#   `TopUpAsked`, with the time that the `clock` shows.
# - `work(guest, store, payments)` sees to what is open. It charges the guest
#   by `payments.charge(guest, cents, idempotency_key=…)`, and notes what came
#   of it: `ToppedUp`, or `TopUpDeclined` when `PaymentDeclined` is raised.
# - `statement(guest, store, payments, clock)` returns a pair: the balance,
#   and the latest time at which a top-up was *asked* for that went through
#   (`None` without any).

# %% [markdown]
# - Each request of a guest has another name. Other guests use the same
#   names, and amounts may be the same.
# - `work` is called again and again, also when nothing is open, and after
#   each crash. Your process may die at any step.
# - `charge` may raise `GatewayTimeout`: then nobody knows whether the money
#   was taken. Let it out, and `work` is called again later.

# %% [markdown]
# - Whoever gives the same key for the same amount twice is charged once. But
#   the bank forgets its keys at some time: **what is settled is never sent to
#   it again.**
# - `payments` and `clock` are handed to `statement`, too; in a real program,
#   everything is always within reach. Asked a year later, it must say the
#   same.

# %% exercise="05.3"
from dataclasses import dataclass
from datetime import datetime

from sandbox import Event
from sandbox.errors import GatewayTimeout, PaymentDeclined

@dataclass(frozen=True)
class TopUpAsked(Event):
    request: str
    cents: int
    at: datetime

@dataclass(frozen=True)
class ToppedUp(Event):
    request: str
    cents: int

@dataclass(frozen=True)
class TopUpDeclined(Event):
    request: str

def ask(guest, request, cents, store, clock):
    ### BEGIN SOLUTION: note the wish
    stream = f"card-{guest}"
    asked = TopUpAsked(request, cents, clock.now())
    store.append(stream, [asked], expected_version=store.version(stream))
    ### END SOLUTION

def work(guest, store, payments):
    ### BEGIN SOLUTION: charge what is open
    wishes, outcomes, version = fold(guest, store)
    for request, asked in wishes.items():
        if request in outcomes:
            continue
        key = f"{guest}/{request}"
        try:
            payments.charge(guest, asked.cents, idempotency_key=key)
            outcome = ToppedUp(request, asked.cents)
        except PaymentDeclined:
            outcome = TopUpDeclined(request)
        stream = f"card-{guest}"
        store.append(stream, [outcome], expected_version=version)
        version += 1
    ### END SOLUTION

def statement(guest, store, payments, clock):
    ### BEGIN SOLUTION: a balance, and a time
    wishes, outcomes, _ = fold(guest, store)
    paid = [o for o in outcomes.values() if isinstance(o, ToppedUp)]
    times = [wishes[outcome.request].at for outcome in paid]
    return sum(o.cents for o in paid), max(times, default=None)
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
def fold(guest, store):
    wishes, outcomes, version = {}, {}, 0
    for stored in store.read(f"card-{guest}"):
        event, version = stored.event, stored.version
        kind = wishes if isinstance(event, TopUpAsked) else outcomes
        kind[event.request] = event
    return wishes, outcomes, version
### END SOLUTION

# %% [markdown]
# ## 05.4 A snapshot that can be trusted
#
# A state and its `evolve` are given. Write two functions:
#
# - `save(stream, card, last, schema, db)` keeps a snapshot: the state `card`,
#   which is true after the stored event `last` (with `last.version` and
#   `last.envelope.id`). It takes the place of the one before, whoever has
#   saved that.
# - `load(stream, schema, store, db)` returns the card as it is *now*.
#
# The table `snapshots` has the columns `stream` (primary key), `schema` and
# `version` (numbers), `event_id`, `state` and `checksum` (text). What you
# don't need may stay empty.

# %% [markdown]
# `load` returns what a replay of all events returns, always:
#
# - The stream may have grown since the snapshot.
# - The snapshot may be damaged: in its version, event id, state or checksum
#   some digit may be another one, or half of its state may be missing.
# - It may have been saved by an older program, or a newer one, with another
#   `evolve`. That one has called `save` with another `schema`.
# - The store may have been restored from a backup, and have gone another way
#   since. Then the snapshot is of a history that is no more.

# %% [markdown]
# And where the snapshot is good, it is **used**: `load` reads no event that is
# older than the one it was taken after. Your process may die at any step.

# %% exercise="05.4"
import hashlib
import json
from dataclasses import asdict, dataclass

from sandbox import Event

@dataclass(frozen=True)
class ToppedUp(Event):
    cents: int

@dataclass(frozen=True)
class Paid(Event):
    cents: int

@dataclass(frozen=True)
class Card:
    cents: int = 0
    stamps: int = 0

def evolve(card, event):
    match event:
        case ToppedUp(cents):
            return Card(card.cents + cents, card.stamps)
        case Paid(cents):
            return Card(card.cents - cents, card.stamps + 1)

def save(stream, card, last, schema, db):
    ### BEGIN SOLUTION: keep it
    row = (schema, last.version, last.envelope.id, json.dumps(asdict(card)))
    db.execute(
        "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?)",
        [stream, *row, checksum(row)],
    )
    ### END SOLUTION

def load(stream, schema, store, db):
    ### BEGIN SOLUTION: the card as it is now
    rows = db.execute("SELECT * FROM snapshots WHERE stream = ?", [stream])
    for row in rows:
        _, *content, found = row.values()
        if content[0] != schema or checksum(content) != found:
            continue
        _, version, event_id, state = content
        first, *later = [*store.read(stream, after=version - 1)] or [None]
        if first and first.envelope.id == event_id:
            return fold(Card(**json.loads(state)), later)
    return fold(Card(), store.read(stream))
    ### END SOLUTION

### STUB: # more, if you like
### BEGIN SOLUTION: more
def checksum(row):
    return hashlib.sha256(repr(list(row)).encode()).hexdigest()

def fold(card, stored_events):
    for stored in stored_events:
        card = evolve(card, stored.event)
    return card
### END SOLUTION
