# The state is a named tuple
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

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


class State(NamedTuple):
    days: tuple = ()
    cents: int = 0
    blocked: int = 0


START = State()
SIGN = {ToppedUp: 1, BonusGranted: 1, Paid: -1}


def evolve(card, event):
    kind = type(event)
    return State(
        card.days + ((event.day,) if kind is CardOpened else ()),
        card.cents + SIGN.get(kind, 0) * getattr(event, "cents", 0),
        card.blocked + (kind is CardBlocked),
    )


def decide(command, card):
    kind = type(command)
    rules = {
        "open": kind is OpenCard or card.days,
        "once": kind is not OpenCard or not card.days,
        "blocked": kind in (OpenCard, BlockCard) or not card.blocked,
        "amount": getattr(command, "cents", 1) >= 1,
    }
    for rule, kept in rules.items():
        if not kept:
            raise Refused(rule)
    if kind is OpenCard:
        return (CardOpened(command.day),)
    if kind is TopUp:
        return (ToppedUp(command.cents),)
    if kind is BlockCard:
        return [CardBlocked()] if not card.blocked else []
    if command.cents > card.cents or command.day.toordinal() > card.days[0].toordinal() + 365:
        raise Refused("pay")
    new = evolve(card, Paid(command.cents, command.receipt))
    return [Paid(command.cents, command.receipt), RanLow()][: 2 if new.cents < 200 else 1]


def happens(history, command, *events):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).then(*events)


def is_refused(history, command):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).refused(Refused)
