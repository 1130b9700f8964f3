# breaks: given, when, then
"""A year is the same day of the next year: it may have 366 days, and the 29th of February has no next one."""

from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Card:
    opened: date | None = None
    cents: int = 0
    blocked: bool = False


START = Card()


def evolve(card, event):
    match event:
        case CardOpened(day):
            return replace(card, opened=day)
        case ToppedUp(cents) | BonusGranted(cents):
            return replace(card, cents=card.cents + cents)
        case Paid(cents):
            return replace(card, cents=card.cents - cents)
        case CardBlocked():
            return replace(card, blocked=True)
        case _:
            return card


def decide(command, card):
    match command:
        case OpenCard(day):
            if card.opened:
                raise Refused("it is open")
            return [CardOpened(day)]
        case _ if not card.opened:
            raise Refused("there is no card")
        case BlockCard():
            return [] if card.blocked else [CardBlocked()]
        case _ if card.blocked or command.cents < 1:
            raise Refused("it is blocked, or that is no amount")
        case TopUp(cents):
            return [ToppedUp(cents)]
        case Pay(cents, receipt, day):
            left = card.cents - cents
            if left < 0 or day > card.opened.replace(year=card.opened.year + 1):
                raise Refused("not enough, or too late")
            return [Paid(cents, receipt)] + [RanLow()] * (left < 200)


def happens(history, command, *events):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).then(*events)


def is_refused(history, command):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).refused(Refused)
