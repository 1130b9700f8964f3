# The state is the list of all events; whatever is asked is counted then
from dataclasses import dataclass
from datetime import date

from sandbox import Command, Event
from sandbox.patterns import Aggregate


@dataclass(frozen=True)
class OpenCard(Command):
    day: date


@dataclass(frozen=True)
class TopUp(Command):
    cents: int


@dataclass(frozen=True)
class Pay(Command):
    cents: int
    receipt: str
    day: date


@dataclass(frozen=True)
class BlockCard(Command):
    pass


@dataclass(frozen=True)
class CardOpened(Event):
    day: date


@dataclass(frozen=True)
class ToppedUp(Event):
    cents: int


@dataclass(frozen=True)
class Paid(Event):
    cents: int
    receipt: str


@dataclass(frozen=True)
class RanLow(Event):
    pass


@dataclass(frozen=True)
class CardBlocked(Event):
    pass


@dataclass(frozen=True)
class BonusGranted(Event):
    cents: int


class Refused(Exception):
    pass


START = ()


def evolve(card, event):
    return (*card, event)


def balance(card):
    added = sum(event.cents for event in card if isinstance(event, (ToppedUp, BonusGranted)))
    return added - sum(event.cents for event in card if isinstance(event, Paid))


def decide(command, card):
    opened = [event.day for event in card if isinstance(event, CardOpened)]
    blocked = CardBlocked() in card
    if isinstance(command, OpenCard):
        if opened:
            raise Refused("it is open already")
        return [CardOpened(command.day)]
    if not opened:
        raise Refused("it has never been opened")
    if isinstance(command, BlockCard):
        return [] if blocked else [CardBlocked()]
    if blocked or command.cents <= 0:
        raise Refused("it is blocked, or nothing is asked for")
    if isinstance(command, TopUp):
        return [ToppedUp(command.cents)]
    if command.cents > balance(card) or (command.day - opened[0]).days > 365:
        raise Refused("there is not enough, or it is too old")
    events = [Paid(command.cents, command.receipt)]
    if balance((*card, *events)) < 200:
        events.append(RanLow())
    return events


def happens(history, command, *events):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).then(*events)


def is_refused(history, command):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).refused(Refused)
