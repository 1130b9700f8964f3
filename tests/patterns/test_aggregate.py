"""What decide, evolve and the loop around them promise: the package's, and the smallest ones."""

from dataclasses import dataclass, replace
from random import Random

import pytest

from sandbox.errors import ConcurrencyConflict, UsageError
from sandbox.patterns import Aggregate, Repository
from tests.patterns import smallest
from tests.patterns.bank import (
    ACCOUNT,
    Account,
    Deposit,
    Deposited,
    NotEnoughMoney,
    Withdraw,
    Withdrawn,
    decide,
    evolve,
)


@pytest.fixture(params=[Repository, smallest.Repository], ids=["package", "smallest"])
def kind(request):
    return request.param


@pytest.fixture
def accounts(kind, store):
    return kind(store, ACCOUNT)


def events(store, stream="account-1"):
    return [stored.event for stored in store.read(stream)]


def test_what_is_decided_is_stored_and_loaded_again(accounts, store):
    accounts.execute("account-1", Deposit(100))
    accounts.execute("account-1", Withdraw(30))
    assert events(store) == [Deposited(100), Withdrawn(30)]
    assert accounts.load("account-1").state == Account(70)
    assert accounts.load("account-1").version == 2


def test_streams_know_nothing_of_each_other(accounts):
    accounts.execute("account-1", Deposit(100))
    with pytest.raises(NotEnoughMoney):
        accounts.execute("account-2", Withdraw(1))
    assert accounts.load("account-2").state == Account(0)


def test_what_is_refused_is_not_stored(accounts, store):
    with pytest.raises(NotEnoughMoney, match="1 of 0"):
        accounts.execute("account-1", Withdraw(1))
    assert events(store) == []


def test_of_two_that_decide_on_the_same_state_one_wins(store, kind):
    """The other one's decision is stale: it must not be stored, however late that is noticed."""
    rival = []

    def decide_while_a_rival_withdraws(command, account):
        events = decide(command, account)
        if not rival and isinstance(command, Withdraw):
            rival.append("has withdrawn")
            store.append("account-1", [Withdrawn(80)], expected_version=1)
        return events

    accounts = kind(store, replace(ACCOUNT, decide=decide_while_a_rival_withdraws))
    accounts.execute("account-1", Deposit(100))
    with pytest.raises(ConcurrencyConflict) as conflict:
        accounts.execute("account-1", Withdraw(50))
    assert (conflict.value.expected, conflict.value.actual) == (1, 2)
    with pytest.raises(NotEnoughMoney, match="50 of 20"):
        accounts.execute("account-1", Withdraw(50))
    assert events(store) == [Deposited(100), Withdrawn(80)]


# Beyond the few lines: the package


def test_a_command_that_changes_nothing_stores_nothing(store):
    assert Repository(store, ACCOUNT).execute("account-1", Deposit(0)) == []


def test_time_travel(store):
    accounts = Repository(store, ACCOUNT)
    for amount in (100, 50, 7):
        accounts.execute("account-1", Deposit(amount))
    assert [accounts.as_of("account-1", version).balance for version in range(4)] == [0, 100, 150, 157]
    with pytest.raises(UsageError, match="no version 4: it goes from 0 to 3"):
        accounts.as_of("account-1", 4)


@pytest.mark.parametrize("answer", [None, Deposited(1), ["Deposited"], "Deposited"])
def test_a_decision_that_is_no_list_of_events_says_what_to_return(store, answer):
    forgetful = replace(ACCOUNT, decide=lambda command, state: answer)
    with pytest.raises(UsageError, match="return a list of events"):
        Repository(store, forgetful).execute("account-1", Deposit(1))


def test_a_decision_may_be_a_generator(store):
    def deposit_twice(command, state):
        yield Deposited(command.amount)
        yield Deposited(command.amount)

    Repository(store, replace(ACCOUNT, decide=deposit_twice)).execute("account-1", Deposit(1))
    assert events(store) == [Deposited(1), Deposited(1)]


# Given, when, then


def test_a_specification_that_holds_says_nothing():
    ACCOUNT.given(Deposited(100)).when(Withdraw(30)).then(Withdrawn(30))
    ACCOUNT.given().when(Deposit(0)).then()
    ACCOUNT.given(Deposited(10), Withdrawn(5)).when(Withdraw(6)).refused(NotEnoughMoney)
    assert ACCOUNT.given(Deposited(10), Withdrawn(5)).state == Account(5)


def test_a_specification_that_fails_tells_its_story():
    with pytest.raises(AssertionError) as failure:
        ACCOUNT.given(Deposited(100)).when(Withdraw(30)).then(Withdrawn(31))
    assert str(failure.value) == (
        "given Deposited(amount=100)\nwhen Withdraw(amount=30)\n"
        "expected Withdrawn(amount=31)\nbut got Withdrawn(amount=30)"
    )


def test_a_refusal_that_was_not_expected_is_told():
    with pytest.raises(AssertionError, match=r"expected nothing\nbut it was refused: NotEnoughMoney"):
        ACCOUNT.given().when(Withdraw(1)).then()


@pytest.mark.parametrize(
    ("given", "got"), [([Deposited(9)], "but got Withdrawn"), ([], "but got NotEnoughMoney")]
)
def test_a_refusal_that_did_not_come_is_told(given, got):
    with pytest.raises(AssertionError, match=f"expected KeyError\n{got}"):
        ACCOUNT.given(*given).when(Withdraw(1)).refused(KeyError)


def test_chance_in_a_decision_is_seen():
    chance = Random(1)
    gambling = replace(ACCOUNT, decide=lambda command, state: [Deposited(chance.randrange(1_000_000))])
    with pytest.raises(AssertionError, match="two answers to one question"):
        gambling.given().when(Deposit(1)).then(Deposited(1))


def test_chance_in_evolve_is_seen():
    chance = Random(1)
    drifting = replace(ACCOUNT, evolve=lambda state, event: Account(chance.randrange(1_000_000)))
    with pytest.raises(AssertionError, match="two states for the same events"):
        drifting.given(Deposited(1)).when(Deposit(1)).then(Deposited(1))


def test_a_state_that_is_changed_in_place_is_seen():
    """The second aggregate that is loaded would begin with the first one's money."""

    @dataclass
    class Purse:
        balance: int = 0

    def pour(purse, event):
        purse.balance += event.amount
        return purse

    with pytest.raises(AssertionError, match="changed the initial state"):
        Aggregate(Purse(), decide, pour).given(Deposited(1)).when(Deposit(1)).then(Deposited(1))


def test_a_decision_that_changes_the_state_is_seen():
    def help_oneself(command, state):
        state["balance"] = 0
        return [Deposited(1)]

    careless = Aggregate({"balance": 1}, help_oneself, lambda state, event: dict(state))
    with pytest.raises(AssertionError, match="that is for evolve"):
        careless.given(Deposited(1)).when(Deposit(1)).then(Deposited(1))


def test_what_is_decided_has_to_be_possible():
    """evolve that refuses an event which decide allows would make the stream unreadable for good."""
    strict = replace(ACCOUNT, evolve=lambda state, event: {Withdrawn: evolve}[type(event)](state, event))
    with pytest.raises(AssertionError, match="evolve fails on it"):
        strict.given().when(Deposit(1)).then(Deposited(1))
