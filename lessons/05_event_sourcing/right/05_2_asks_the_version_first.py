# Asks for the version before it reads
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
    done = None
    while done is None:
        version = store.version("card")  # what is read may be newer: then there is a conflict, and no harm
        if balance_of(store.read("card")) < cents:
            done = False
        else:
            try:
                events = [Paid(payment, cents), StampEarned(payment)]
                store.append("card", events, expected_version=version)
                done = True
            except ConcurrencyConflict:
                continue
    return done
