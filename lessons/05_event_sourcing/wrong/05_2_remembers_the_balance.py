# breaks: never below zero
"""The balance is kept between the attempts, and only the version is read again."""

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
    balance = None
    while True:
        events = list(store.read("card"))
        if balance is None:
            balance = balance_of(events)
        if balance < cents:
            return False
        try:
            store.append("card", [Paid(payment, cents), StampEarned(payment)], expected_version=len(events))
            return True
        except ConcurrencyConflict:
            pass
