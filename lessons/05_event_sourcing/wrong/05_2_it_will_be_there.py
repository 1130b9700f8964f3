# breaks: no lost write
"""A conflict means that somebody has stored something, so it is taken for done."""

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
    try:
        store.append("card", [Paid(payment, cents), StampEarned(payment)], expected_version=len(events))
    except ConcurrencyConflict:
        print("stored already")
    return True
