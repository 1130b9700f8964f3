# breaks: never below zero
"""It reads, decides, and asks for the version then: that is a newer one than it has read."""

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


def balance_of(events):
    total = 0
    for stored in events:
        if isinstance(stored.event, ToppedUp):
            total += stored.event.cents
        elif isinstance(stored.event, Paid):
            total -= stored.event.cents
    return total


def pay(payment, cents, store):
    while balance_of(store.read("card")) >= cents:
        version = store.version("card")
        try:
            store.append("card", [Paid(payment, cents), StampEarned(payment)], expected_version=version)
            return True
        except ConcurrencyConflict:
            continue
    return False
