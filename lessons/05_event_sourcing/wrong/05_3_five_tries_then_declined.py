# breaks: consistent output
"""Five timeouts in a row are a decline."""

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
    stream = f"card-{guest}"
    asked = TopUpAsked(request, cents, clock.now())
    store.append(stream, [asked], expected_version=store.version(stream))


def work(guest, store, payments):
    wishes, outcomes, version = fold(guest, store)
    for request, asked in wishes.items():
        if request in outcomes:
            continue
        outcome = TopUpDeclined(request)
        for _attempt in range(5):
            try:
                payments.charge(guest, asked.cents, idempotency_key=f"{guest}/{request}")
                outcome = ToppedUp(request, asked.cents)
                break
            except PaymentDeclined:
                break
            except GatewayTimeout:
                continue
        store.append(f"card-{guest}", [outcome], expected_version=version)
        version += 1


def statement(guest, store, payments, clock):
    wishes, outcomes, _ = fold(guest, store)
    paid = [o for o in outcomes.values() if isinstance(o, ToppedUp)]
    times = [wishes[outcome.request].at for outcome in paid]
    return sum(o.cents for o in paid), max(times, default=None)


def fold(guest, store):
    wishes, outcomes, version = {}, {}, 0
    for stored in store.read(f"card-{guest}"):
        event, version = stored.event, stored.version
        kind = wishes if isinstance(event, TopUpAsked) else outcomes
        kind[event.request] = event
    return wishes, outcomes, version
