# A dict for the state, and a generator behind decide
from dataclasses import dataclass
from datetime import date, timedelta

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


START = {"opened": None, "cents": 0, "blocked": False}

CHANGES = {
    CardOpened: lambda card, event: {"opened": event.day},
    ToppedUp: lambda card, event: {"cents": card["cents"] + event.cents},
    BonusGranted: lambda card, event: {"cents": card["cents"] + event.cents},
    Paid: lambda card, event: {"cents": card["cents"] - event.cents},
    CardBlocked: lambda card, event: {"blocked": True},
    RanLow: lambda card, event: {},
}


def evolve(card, event):
    return {**card, **CHANGES[type(event)](card, event)}


def decide(command, card):
    return list(decided(command, card))


def decided(command, card):
    if isinstance(command, OpenCard):
        must(card["opened"] is None, "it is open")
        yield CardOpened(command.day)
        return
    must(card["opened"], "there is no card")
    if isinstance(command, BlockCard):
        if not card["blocked"]:
            yield CardBlocked()
        return
    must(not card["blocked"], "it is blocked")
    must(command.cents > 0, "that is no amount")
    if isinstance(command, TopUp):
        yield ToppedUp(command.cents)
        return
    left = card["cents"] - command.cents
    must(left >= 0, "there is not enough on it")
    must(command.day <= card["opened"] + timedelta(365), "it has expired")
    yield Paid(command.cents, command.receipt)
    if left < 200:
        yield RanLow()


def must(be_so, why):
    if not be_so:
        raise Refused(why)


def happens(history, command, *events):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).then(*events)


def is_refused(history, command):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).refused(Refused)
