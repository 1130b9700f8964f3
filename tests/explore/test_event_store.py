"""The explored event store: two writers at every interleaving, each with classes of its own."""

from textwrap import dedent

import pytest

from sandbox.errors import ConcurrencyConflict, UsageError
from sandbox.explore import MemoryEventStore, Scenario, World, explore
from sandbox.explore.checkers import Invariant

WITHDRAW = """
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import ConcurrencyConflict

@dataclass(frozen=True)
class Deposited(Event):
    cents: int

@dataclass(frozen=True)
class Withdrawn(Event):
    cents: int

def balance(store):
    total = 0
    for stored in store.read("account"):
        match stored.event:  # by class: those of this process
            case Deposited(cents): total += cents
            case Withdrawn(cents): total -= cents
            case other: raise TypeError(other)
    return total

def open_account(store):
    store.append("account", [Deposited(100)], expected_version=0)
"""
STALE = """
def withdraw(store, cents):
    enough = balance(store) >= cents
    while enough:  # decided once, and tried until it fits
        try:
            store.append("account", [Withdrawn(cents)], expected_version=store.version("account"))
            return True
        except ConcurrencyConflict:
            pass
    return False
"""
AGAIN = """
def withdraw(store, cents):
    while True:
        version = store.version("account")
        if balance(store) < cents:
            return False
        try:
            store.append("account", [Withdrawn(cents)], expected_version=version)
            return True
        except ConcurrencyConflict:
            pass  # decide again
"""


def two_at_once(world, events):
    world.request("bank", lambda bank: bank.code.open_account(bank.store))
    world.together(
        {
            name: lambda name=name: world.request(name, lambda p: p.code.withdraw(p.store, 70), name)
            for name in ("till", "till-2")
        }
    )


def overdrawn(world):
    total = sum(
        kept_event.cents * (1 if kept_event.type_name == "Deposited" else -1)
        for kept_event in (stored.event for stored in world.store.read_all())
    )
    return f"the balance is {total} cents" if total < 0 else None


def explored(code):
    scenario = Scenario(
        world=lambda seed: World(store=MemoryEventStore("bank")),
        story=two_at_once,
        events=(1,),
        faults={"switch", "crash"},
        checks=[Invariant("never below zero", overdrawn)],
    )
    return explore(scenario, WITHDRAW + dedent(code))


def test_a_stale_decision_is_found():
    found = explored(STALE)
    assert (found.verdict, found.story) == ("FAIL", "the balance is -40 cents")


def test_to_decide_again_survives_every_interleaving():
    found = explored(AGAIN)
    assert found.verdict == "PASS", found
    assert found.schedules > 20


def test_it_refuses_what_the_real_one_refuses():
    store = MemoryEventStore()
    with pytest.raises(ConcurrencyConflict) as conflict:
        store.append("ada", [], expected_version=3)
    assert (conflict.value.expected, conflict.value.actual) == (3, 0)
    for wrong in (-1, True, None, "1"):
        with pytest.raises(UsageError, match="expected_version"):
            store.append("ada", [], expected_version=wrong)
    assert store.position() == store.version("ada") == 0
