# breaks: never below zero
"""After a conflict it takes the version that the error names, and appends the same again."""

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
    events = list(store.read("card"))
    if balance_of(events) < cents:
        return False
    version = len(events)
    while True:
        try:
            store.append("card", [Paid(payment, cents), StampEarned(payment)], expected_version=version)
            return True
        except ConcurrencyConflict as conflict:
            version = conflict.actual
