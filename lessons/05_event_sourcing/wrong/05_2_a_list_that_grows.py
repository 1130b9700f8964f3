# breaks: no duplicate effect
"""The list of new events is begun once, and after a conflict it holds them twice."""

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
    new = []
    while True:
        events = list(store.read("card"))
        if balance_of(events) < cents:
            return False
        new += [Paid(payment, cents), StampEarned(payment)]
        try:
            store.append("card", new, expected_version=len(events))
            return True
        except ConcurrencyConflict:
            pass
