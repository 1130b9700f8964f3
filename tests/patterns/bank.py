"""A bank account, the smallest aggregate that can refuse."""

from dataclasses import dataclass

from sandbox import Command, Event
from sandbox.patterns import Aggregate


@dataclass(frozen=True)
class Deposited(Event):
    amount: int


@dataclass(frozen=True)
class Withdrawn(Event):
    amount: int


@dataclass(frozen=True)
class Deposit(Command):
    amount: int


@dataclass(frozen=True)
class Withdraw(Command):
    amount: int


class NotEnoughMoney(Exception):
    """The account would be overdrawn."""


@dataclass(frozen=True)
class Account:
    balance: int = 0


def decide(command, account):
    match command:
        case Deposit(0):
            return []
        case Deposit(amount):
            return [Deposited(amount)]
        case Withdraw(amount) if amount > account.balance:
            raise NotEnoughMoney(f"{amount} of {account.balance}")
        case Withdraw(amount):
            return [Withdrawn(amount)]


def evolve(account, event):
    match event:
        case Deposited(amount):
            return Account(account.balance + amount)
        case Withdrawn(amount):
            return Account(account.balance - amount)
        case _:
            return account


ACCOUNT = Aggregate(Account(), decide, evolve)
