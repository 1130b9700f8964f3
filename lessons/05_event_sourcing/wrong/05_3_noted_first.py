# breaks: consistent output
"""It notes the top-up, and charges then; a crash in between is a present."""

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


class Card:
    def __init__(self):
        self.balance, self.newest, self.version = 0, None, 0
        self.open, self.done = {}, {}

    def take_in(self, stored):
        event, self.version = stored.event, stored.version
        if isinstance(event, TopUpAsked):
            self.open[event.request] = event
        elif isinstance(event, ToppedUp):
            asked = self.open.pop(event.request)
            self.done[event.request] = asked
            self.balance += event.cents
            self.newest = max(asked.at, self.newest or asked.at)
        else:  # it did not go through after all
            self.balance -= self.done[event.request].cents


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
        store.append(stream, [ToppedUp(asked.request, asked.cents)], expected_version=card.version)
        card.version += 1
        try:
            payments.charge(guest, asked.cents, idempotency_key=f"{guest}-{asked.request}")
        except PaymentDeclined:
            store.append(stream, [TopUpDeclined(asked.request)], expected_version=card.version)
            card.version += 1


def statement(guest, store, payments, clock):
    card = replay(store.read(f"card-{guest}"))
    return card.balance, card.newest
