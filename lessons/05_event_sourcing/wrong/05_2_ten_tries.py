# breaks: an answer for everyone
"""It decides again ten times; in the rush of the morning that is not enough."""

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


def state(store):
    balance = version = 0
    for stored in store.read("card"):
        version = stored.version
        if isinstance(stored.event, ToppedUp):
            balance += stored.event.cents
        elif isinstance(stored.event, Paid):
            balance -= stored.event.cents
    return balance, version


def pay(payment, cents, store):
    for _attempt in range(10):
        balance, version = state(store)
        if balance < cents:
            return False
        try:
            store.append("card", [Paid(payment, cents), StampEarned(payment)], expected_version=version)
            return True
        except ConcurrencyConflict:
            continue
    return False
