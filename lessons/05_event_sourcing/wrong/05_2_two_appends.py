# breaks: all or none
"""The payment first, then the stamp."""

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
    while True:
        events = list(store.read("card"))
        if balance_of(events) < cents:
            return False
        try:
            store.append("card", [Paid(payment, cents)], expected_version=len(events))
            break
        except ConcurrencyConflict:
            pass
    while True:
        try:
            store.append("card", [StampEarned(payment)], expected_version=store.version("card"))
            return True
        except ConcurrencyConflict:
            pass
