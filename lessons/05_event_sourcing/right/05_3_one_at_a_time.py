# One wish at a time, and a fresh replay for the next
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


def ask(guest, request, cents, store, clock):
    stream = f"card-{guest}"
    asked = TopUpAsked(request, cents, clock.now())
    store.append(stream, [asked], expected_version=store.version(stream))


def work(guest, store, payments):
    while True:
        events = [stored.event for stored in store.read(f"card-{guest}")]
        settled = {event.request for event in events if not isinstance(event, TopUpAsked)}
        todo = [e for e in events if isinstance(e, TopUpAsked) and e.request not in settled]
        if not todo:
            return
        settle(guest, todo[0], len(events), store, payments)


def settle(guest, asked, version, store, payments):
    try:
        payments.charge(guest, asked.cents, idempotency_key=f"top-up {asked.request} of {guest}")
    except PaymentDeclined:
        outcome = TopUpDeclined(asked.request)
    else:
        outcome = ToppedUp(asked.request, asked.cents)
    store.append(f"card-{guest}", [outcome], expected_version=version)


def statement(guest, store, payments, clock):
    events = [stored.event for stored in store.read(f"card-{guest}")]
    paid = {event.request: event.cents for event in events if isinstance(event, ToppedUp)}
    times = sorted(e.at for e in events if isinstance(e, TopUpAsked) and e.request in paid)
    return sum(paid.values()), times[-1] if times else None
