# With the Aggregate of the course; the key is the id of the stored wish
from dataclasses import dataclass
from datetime import datetime

from sandbox import Event
from sandbox.errors import PaymentDeclined


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


from dataclasses import replace

from sandbox.patterns import Aggregate


@dataclass(frozen=True)
class Card:
    balance: int = 0
    newest: datetime | None = None
    asked: tuple = ()


def evolve(card, event):
    if isinstance(event, TopUpAsked):
        return replace(card, asked=(*card.asked, event))
    (wish,) = [asked for asked in card.asked if asked.request == event.request]
    rest = tuple(asked for asked in card.asked if asked is not wish)
    if isinstance(event, TopUpDeclined):
        return replace(card, asked=rest)
    newest = wish.at if card.newest is None else max(card.newest, wish.at)
    return Card(card.balance + event.cents, newest, rest)


CARDS = Aggregate(Card(), lambda command, card: [], evolve)


def ask(guest, request, cents, store, clock):
    name = f"card-{guest}"
    store.append(name, [TopUpAsked(request, cents, clock.now())], expected_version=store.version(name))


def work(guest, store, payments):
    name = f"card-{guest}"
    history = list(store.read(name))
    ids = {s.event.request: s.envelope.id for s in history if isinstance(s.event, TopUpAsked)}
    card = CARDS.fold(stored.event for stored in history)
    for number, wish in enumerate(card.asked):
        outcome = outcome_of(guest, wish, ids[wish.request], payments)
        store.append(name, [outcome], expected_version=len(history) + number)


def outcome_of(guest, wish, key, payments):
    try:
        payments.charge(guest, wish.cents, idempotency_key=key)
    except PaymentDeclined:
        return TopUpDeclined(wish.request)
    return ToppedUp(wish.request, wish.cents)


def statement(guest, store, payments, clock):
    card = CARDS.fold(stored.event for stored in store.read(f"card-{guest}"))
    return card.balance, card.newest
