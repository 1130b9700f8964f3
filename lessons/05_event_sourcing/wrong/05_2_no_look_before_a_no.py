# breaks: an answer for everyone
"""It remembers the card and catches up after a conflict only; so its no is as old as its last payment."""

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


card = {"balance": 0, "version": 0, "known": False}


def catch_up(store):
    for stored in store.read("card", after=card["version"]):
        card["version"] = stored.version
        if isinstance(stored.event, ToppedUp):
            card["balance"] += stored.event.cents
        elif isinstance(stored.event, Paid):
            card["balance"] -= stored.event.cents
    card["known"] = True


def pay(payment, cents, store):
    if not card["known"]:
        catch_up(store)
    while card["balance"] >= cents:
        try:
            store.append(
                "card", [Paid(payment, cents), StampEarned(payment)], expected_version=card["version"]
            )
            return True
        except ConcurrencyConflict:
            catch_up(store)
    return False
