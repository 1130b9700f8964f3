# Keeps what it has read, and reads on from there
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


def pay(payment, cents, store):
    """Only what is new has to be read after a conflict."""
    money, seen = 0, 0
    while True:
        for stored in store.read("card", after=seen):
            seen = stored.version
            money += value(stored.event)
        if money < cents:
            return False
        if appended(store, seen, Paid(payment, cents), StampEarned(payment)):
            return True


def value(event):
    sign = {ToppedUp: 1, Paid: -1}.get(type(event))
    return sign * event.cents if sign else 0


def appended(store, version, *events):
    try:
        return store.append("card", events, expected_version=version)
    except ConcurrencyConflict:
        return []
