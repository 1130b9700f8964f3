"""What snapshots promise: to be quicker, and never to be believed against the events."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.errors import UsageError
from sandbox.patterns import Repository, Snapshots
from tests.patterns.bank import ACCOUNT, Account, Deposit, Deposited
from tests.patterns.world import TinyEventStore, database


@pytest.fixture
def accounts(store, db):
    return Repository(store, ACCOUNT, Snapshots(db, Account, every=3))


def deposit(accounts, *amounts, stream="account-1"):
    for amount in amounts:
        accounts.execute(stream, Deposit(amount))


def balance(accounts, stream="account-1"):
    return accounts.load(stream).state.balance


def test_with_a_snapshot_only_what_came_after_it_is_replayed(accounts):
    deposit(accounts, 1, 2, 3)
    assert accounts.load("account-1").replayed == 3
    deposit(accounts, 4)
    loaded = accounts.load("account-1")
    assert (loaded.state.balance, loaded.version, loaded.replayed, loaded.note) == (10, 4, 1, "")


def test_a_snapshot_of_the_last_event_replays_nothing(accounts):
    deposit(accounts, 1, 2, 3)
    accounts.load("account-1")
    loaded = accounts.load("account-1")
    assert (loaded.state.balance, loaded.version, loaded.replayed) == (6, 3, 0)


def test_every_so_many_events_one_is_taken(accounts, db):
    deposit(accounts, *range(1, 11))
    accounts.load("account-1")
    (row,) = db.execute("SELECT version FROM snapshots")
    assert row["version"] == 9


def test_two_streams_have_a_snapshot_each(accounts):
    deposit(accounts, 1, 2, 3)
    deposit(accounts, 10, 20, 30, stream="account-2")
    for _ in range(2):
        assert (balance(accounts), balance(accounts, "account-2")) == (6, 60)


@pytest.mark.parametrize(
    ("damage", "note"),
    [
        ("UPDATE snapshots SET state = CAST('{\"balance\":9999}' AS BLOB)", "damaged"),
        ("UPDATE snapshots SET state = CAST('{\"bal' AS BLOB)", "damaged"),
        ("UPDATE snapshots SET state = x''", "damaged"),
        ("UPDATE snapshots SET version = 2", "damaged"),
        ("UPDATE snapshots SET event_id = 'event-1'", "damaged"),
        ("UPDATE snapshots SET digest = x'00'", "damaged"),
        ("DELETE FROM snapshots", ""),
    ],
)
def test_a_damaged_snapshot_is_replayed_around_and_replaced(accounts, db, damage, note):
    deposit(accounts, 1, 2, 3)
    accounts.load("account-1")
    db.execute(damage)
    loaded = accounts.load("account-1")
    assert (loaded.state, loaded.version, loaded.replayed) == (Account(6), 3, 3)
    assert note in loaded.note
    assert accounts.load("account-1").replayed == 0


def test_a_snapshot_of_an_older_schema_does_not_count(accounts, store, db):
    @dataclass(frozen=True)
    class AccountWithCount:
        balance: int = 0
        deposits: int = 0

    def evolve(account, event):
        return AccountWithCount(account.balance + event.amount, account.deposits + 1)

    deposit(accounts, 1, 2, 3)
    accounts.load("account-1")
    counting = type(ACCOUNT)(AccountWithCount(), ACCOUNT.decide, evolve)
    newer = Repository(store, counting, Snapshots(db, AccountWithCount, schema=2, every=3))
    assert newer.load("account-1").state == AccountWithCount(6, 3)
    assert newer.load("account-1").replayed == 0
    assert accounts.load("account-1").replayed == 0, "while both programs run, each keeps its own"


def test_a_class_that_changed_without_a_new_schema_falls_back_where_it_can_be_seen(accounts, store, db):
    @dataclass(frozen=True)
    class Purse:
        cents: int = 0

    deposit(accounts, 1, 2, 3)
    accounts.load("account-1")
    purse = type(ACCOUNT)(Purse(), ACCOUNT.decide, lambda state, event: Purse(state.cents + event.amount))

    @dataclass(frozen=True)
    class Strict:
        cents: int

    snapshots = Snapshots(db, Strict)
    loaded = Repository(store, purse, snapshots).load("account-1")
    assert loaded.state == Purse(6)
    assert "no state of this schema" in loaded.note


@pytest.mark.parametrize("restored", [[], [1, 2], [7, 8, 9], [7, 8, 9, 10]])
def test_a_snapshot_of_a_stream_that_is_another_one_now_does_not_count(accounts, db, restored):
    """The store was restored from a backup, or began anew; the snapshots were left standing."""
    deposit(accounts, 1, 2, 3)
    accounts.load("account-1")
    store = TinyEventStore()
    store.append("account-0", [Deposited(5)], expected_version=0)  # so that ids differ
    other = Repository(store, ACCOUNT, Snapshots(db, Account, every=100))
    for amount in restored:
        version = store.version("account-1")
        store.append("account-1", [Deposited(amount)], expected_version=version)
    loaded = other.load("account-1")
    assert (loaded.state.balance, loaded.version) == (sum(restored), len(restored))
    assert "another event at version 3" in loaded.note


def test_a_state_that_would_be_read_back_as_another_is_refused(store, db):
    @dataclass(frozen=True)
    class Basket:
        items: object = ()

    basket = type(ACCOUNT)(
        Basket(), ACCOUNT.decide, lambda state, event: Basket((*state.items, event.amount))
    )
    baskets = Repository(store, basket, Snapshots(db, Basket, every=1))
    deposit(baskets, 1)
    with pytest.raises(UsageError, match=r"read back as .*items=\[1\]"):
        baskets.load("account-1")


def test_a_state_that_is_no_json_is_refused(store, db):
    basket = type(ACCOUNT)({}, ACCOUNT.decide, lambda state, event: {"made": object()})
    baskets = Repository(store, basket, Snapshots(db, dict, every=1))
    store.append("account-1", [Deposited(1)], expected_version=0)
    with pytest.raises(UsageError, match="can't be kept as JSON"):
        baskets.load("account-1")


def test_every_is_one_or_more(db):
    with pytest.raises(UsageError, match="one event or more"):
        Snapshots(db, Account, every=0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(["deposit", "load", "damage", "lose"]), max_size=30),
    every=st.integers(1, 5),
)
def test_the_state_always_equals_the_full_replay(tmp_path_factory, steps, every):
    db = database(tmp_path_factory.mktemp("snapshots") / "shop.sqlite")
    store = TinyEventStore()
    accounts = Repository(store, ACCOUNT, Snapshots(db, Account, every=every))
    for number, step in enumerate(steps):
        match step:
            case "deposit":
                deposit(accounts, number + 1)
            case "damage":
                db.execute("UPDATE snapshots SET state = CAST('{\"balance\":-1}' AS BLOB)")
            case "lose":
                db.execute("DELETE FROM snapshots")
        assert accounts.load("account-1").state == Repository(store, ACCOUNT).load("account-1").state
    db.close()
