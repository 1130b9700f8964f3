# With the Repository of the course
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


from sandbox import Command
from sandbox.patterns import Aggregate, Repository


@dataclass(frozen=True)
class Pay(Command):
    payment: str
    cents: int


class NotEnough(Exception):
    pass


def decide(command, balance):
    if command.cents > balance:
        raise NotEnough
    return [Paid(command.payment, command.cents), StampEarned(command.payment)]


def evolve(balance, event):
    match event:
        case ToppedUp(cents):
            return balance + cents
        case Paid(_, cents):
            return balance - cents
    return balance


def pay(payment, cents, store):
    cards = Repository(store, Aggregate(0, decide, evolve))
    while True:
        try:
            cards.execute("card", Pay(payment, cents))
            return True
        except NotEnough:
            return False
        except ConcurrencyConflict:
            continue
