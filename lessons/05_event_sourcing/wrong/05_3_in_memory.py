# breaks: replay touches nothing
"""It remembers in memory what is settled; a process that starts again asks the bank for everything."""

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
        self.open = {}

    def take_in(self, stored):
        event, self.version = stored.event, stored.version
        if isinstance(event, TopUpAsked):
            self.open[event.request] = event
        elif isinstance(event, ToppedUp):
            asked = self.open.pop(event.request)
            self.balance += event.cents
            self.newest = max(asked.at, self.newest or asked.at)
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


settled = {}


def work(guest, store, payments):
    stream = f"card-{guest}"
    history = list(store.read(stream))
    version = len(history)
    noted = replay(history)
    for stored in history:
        asked = stored.event
        if not isinstance(asked, TopUpAsked) or (guest, asked.request) in settled:
            continue
        try:
            payments.charge(guest, asked.cents, idempotency_key=f"{guest}-{asked.request}")
            outcome = ToppedUp(asked.request, asked.cents)
        except PaymentDeclined:
            outcome = TopUpDeclined(asked.request)
        if asked.request in noted.open:
            store.append(stream, [outcome], expected_version=version)
            version += 1
        settled[guest, asked.request] = True


def statement(guest, store, payments, clock):
    card = replay(store.read(f"card-{guest}"))
    return card.balance, card.newest
