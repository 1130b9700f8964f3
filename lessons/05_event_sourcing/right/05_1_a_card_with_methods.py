# A card that knows its own rules
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


@dataclass(frozen=True)
class Card:
    last_day: date | None = None
    cents: int = 0
    is_blocked: bool = False

    def after(self, event):
        if isinstance(event, CardOpened):
            return Card(event.day + timedelta(days=365), self.cents, self.is_blocked)
        if isinstance(event, CardBlocked):
            return Card(self.last_day, self.cents, True)
        change = 0
        if isinstance(event, (ToppedUp, BonusGranted)):
            change = event.cents
        elif isinstance(event, Paid):
            change = -event.cents
        return Card(self.last_day, self.cents + change, self.is_blocked)

    def usable_for(self, cents):
        if self.last_day is None or self.is_blocked or cents < 1:
            raise Refused("no such card, or no such amount")

    def open(self, command):
        if self.last_day is not None:
            raise Refused("it is open already")
        return (CardOpened(command.day),)

    def top_up(self, command):
        self.usable_for(command.cents)
        return (ToppedUp(command.cents),)

    def pay(self, command):
        self.usable_for(command.cents)
        if command.day > self.last_day:
            raise Refused(f"it was good until {self.last_day}")
        if command.cents > self.cents:
            raise Refused(f"there are {self.cents} cents on it")
        paid = Paid(command.cents, command.receipt)
        return (paid, RanLow()) if self.after(paid).cents < 200 else (paid,)

    def block(self, command):
        if self.last_day is None:
            raise Refused("there is no card")
        return () if self.is_blocked else (CardBlocked(),)


START = Card()


def evolve(card, event):
    return card.after(event)


def decide(command, card):
    does = {OpenCard: card.open, TopUp: card.top_up, Pay: card.pay, BlockCard: card.block}
    return does[type(command)](command)


def happens(history, command, *events):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).then(*events)


def is_refused(history, command):
    cards = Aggregate(START, decide, evolve)
    cards.given(*history).when(command).refused(Refused)
