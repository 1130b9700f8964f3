# breaks: rebuild equals incremental
"""The time of a top-up is the day on which the event is read, from the machine."""

from dataclasses import dataclass
from datetime import UTC, datetime

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


class Card:
    def __init__(self):
        self.balance, self.newest, self.version = 0, None, 0
        self.open = {}

    def take_in(self, stored):
        event, self.version = stored.event, stored.version
        if isinstance(event, TopUpAsked):
            self.open[event.request] = event
        elif isinstance(event, ToppedUp):
            self.open.pop(event.request)
            self.balance += event.cents
            self.newest = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        else:
            self.open.pop(event.request)


def replay(events):
    card = Card()
    for stored in events:
        card.take_in(stored)
    return card


def ask(guest, request, cents, store, clock):
    stream = f"card-{guest}"
    asked = TopUpAsked(request, cents, clock.now())
    store.append(stream, [asked], expected_version=store.version(stream))


def work(guest, store, payments):
    stream = f"card-{guest}"
    card = replay(store.read(stream))
    for asked in list(card.open.values()):
        try:
            payments.charge(guest, asked.cents, idempotency_key=f"{guest}-{asked.request}")
            outcome = ToppedUp(asked.request, asked.cents)
        except PaymentDeclined:
            outcome = TopUpDeclined(asked.request)
        (stored,) = store.append(stream, [outcome], expected_version=card.version)
        card.version = stored.version


def statement(guest, store, payments, clock):
    card = replay(store.read(f"card-{guest}"))
    return card.balance, card.newest
