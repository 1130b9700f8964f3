# breaks: never below zero
"""It compares the versions itself, right before the append; the append is not told which one it meant."""

from dataclasses import dataclass

from sandbox import Event


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
        if store.version("card") == len(events):
            newest = store.version("card")
            store.append("card", [Paid(payment, cents), StampEarned(payment)], expected_version=newest)
            return True
