"""What a projection promises: the package's, and the smallest one, as a lesson builds it."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox import Event
from sandbox.clock import VirtualClock
from sandbox.errors import CheckpointAhead, ProjectionBehind, UsageError
from sandbox.patterns import Projection
from tests.patterns import smallest
from tests.patterns.world import TinyEventStore, crash_everywhere, database


@dataclass(frozen=True)
class Deposited(Event):
    account: str
    amount: int


@dataclass(frozen=True)
class AccountClosed(Event):
    account: str


@dataclass(frozen=True)
class NameChanged(Event):
    account: str


def add(db, table, event):
    db.execute(
        f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT DO UPDATE SET balance = balance + excluded.balance",
        [event.account, event.amount],
    )


def remove(db, table, event):
    db.execute(f"DELETE FROM {table} WHERE account = ?", [event.account])


COLUMNS = "account TEXT PRIMARY KEY, balance INTEGER NOT NULL"
WHEN = {Deposited: add, AccountClosed: remove}
HISTORY = [
    Deposited("A-1", 5),
    NameChanged("A-1"),
    Deposited("A-2", 7),
    Deposited("A-1", 3),
    AccountClosed("A-2"),
]


@pytest.fixture(params=[Projection, smallest.Projection], ids=["package", "smallest"])
def make(request):
    def make_balances(db):
        return request.param(db, "balances", COLUMNS, WHEN)

    return make_balances


@pytest.fixture
def balances(db):
    return Projection(db, "balances", COLUMNS, WHEN)


def append(store, *events):
    for event in events:
        version = store.version(event.account)
        store.append(event.account, [event], expected_version=version)


def read(db):
    return {row["account"]: row["balance"] for row in db.execute("SELECT * FROM balances")}


def test_it_takes_in_what_it_knows_and_passes_by_the_rest(db, store, make):
    append(store, *HISTORY)
    balances = make(db)
    balances.catch_up(store)
    assert (read(db), balances.position) == ({"A-1": 8}, 5)


def test_it_goes_on_where_it_was(tmp_path, store, make):
    for event in HISTORY:
        append(store, event)
        db = database(tmp_path / "reports.sqlite")
        make(db).catch_up(store)
        make(db).catch_up(store)
        result = read(db)
        db.close()
    assert result == {"A-1": 8}


def test_it_takes_each_event_in_once_wherever_it_crashes(tmp_path, make):
    store = TinyEventStore()
    append(store, *HISTORY[:4])

    def story(world):
        make(world.db("reports")).catch_up(store)

    for world in crash_everywhere(tmp_path, story):
        assert read(world.db("reports")) == {"A-1": 8, "A-2": 7}, world.at


def test_two_at_work_on_one_read_model_take_each_event_in_once(tmp_path, make):
    """The second begins while the first is about to: it must look at the checkpoint again."""
    first, second = (database(tmp_path / "reports.sqlite") for _ in range(2))
    one, other = make(first), make(second)

    class Store(TinyEventStore):
        def read_all(self, **options):
            events = list(super().read_all(**options))
            if events and not entered:
                entered.append(True)
                with pytest.raises(Exception, match="locked"):
                    other.catch_up(self)
            return iter(events)

    store, entered = Store(), []
    append(store, *HISTORY[:4])
    one.catch_up(store)
    other.catch_up(store)
    assert read(first) == {"A-1": 8, "A-2": 7}
    assert entered


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from([*HISTORY, "catch up", "rebuild"]), max_size=25))
def test_rebuilt_and_caught_up_are_equal(tmp_path_factory, steps):
    db = database(tmp_path_factory.mktemp("reports") / "reports.sqlite")
    store = TinyEventStore()
    balances = Projection(db, "balances", COLUMNS, WHEN)
    for step in steps:
        if step == "catch up":
            balances.catch_up(store)
        elif step == "rebuild":
            balances.rebuild(store)
        else:
            append(store, step)
    balances.catch_up(store)
    caught_up = read(db)
    balances.rebuild(store)
    assert (read(db), balances.position) == (caught_up, store.position())
    db.close()


# A rebuild beside the live one


def double(db, table, event):
    add(db, table, Deposited(event.account, 2 * event.amount))


@pytest.fixture
def doubled(db, balances):
    return Projection(db, "balances", COLUMNS, {**WHEN, Deposited: double}, version=2)


def test_a_new_version_is_built_unseen_while_the_live_one_goes_on(db, store, balances, doubled):
    append(store, Deposited("A-1", 5))
    balances.catch_up(store)
    doubled.catch_up(store)
    assert read(db) == {"A-1": 5}
    append(store, Deposited("A-1", 3))
    balances.catch_up(store)
    assert read(db) == {"A-1": 8}
    doubled.catch_up(store)
    doubled.switch()
    assert read(db) == {"A-1": 16}
    assert (balances.is_live, doubled.is_live) == (False, True)
    assert repr(doubled) == "Projection balances, version 2, live, at position 2"


def test_to_switch_too_early_is_refused(db, store, balances, doubled):
    """Readers would see a write vanish that they have seen before."""
    append(store, Deposited("A-1", 5), Deposited("A-1", 3))
    balances.catch_up(store)
    with pytest.raises(ProjectionBehind, match="position 0, and the live version 1 to 2") as error:
        doubled.switch()
    assert error.value.retriable
    assert read(db) == {"A-1": 8}


def test_the_old_one_may_go_on_after_the_switch_until_it_is_dropped(db, store, balances, doubled):
    doubled.switch()
    append(store, Deposited("A-1", 5))
    balances.catch_up(store)
    doubled.catch_up(store)
    assert read(db) == {"A-1": 10}
    balances.drop()
    assert db.execute("SELECT name FROM sqlite_master WHERE name = 'balances_1'") == []
    with pytest.raises(UsageError, match="is live"):
        doubled.drop()


def test_a_process_with_the_old_code_does_not_take_the_readers_back(db, balances, doubled):
    doubled.switch()
    assert not Projection(db, "balances", COLUMNS, WHEN).is_live


# Read your own writes


def test_a_reader_waits_for_its_own_write_as_long_as_it_takes(store, balances):
    clock = VirtualClock()
    began = clock.now()
    clock.call_in(70, lambda: balances.catch_up(store))
    append(store, Deposited("A-1", 5))
    balances.wait_for(store.position(), clock, within_ms=1000)
    assert (clock.now() - began).total_seconds() == 0.07
    assert read(balances.db) == {"A-1": 5}


def test_it_does_not_wait_for_what_is_there(store, balances):
    clock = VirtualClock()
    began = clock.now()
    append(store, Deposited("A-1", 5))
    balances.catch_up(store)
    balances.wait_for(store.position(), clock, within_ms=0)
    assert clock.now() == began


def test_the_wait_has_an_end(store, balances):
    clock = VirtualClock()
    clock.call_in(70, lambda: balances.catch_up(store))
    append(store, Deposited("A-1", 5))
    with pytest.raises(ProjectionBehind, match="position 0, and not to 1 within 50 ms"):
        balances.wait_for(store.position(), clock, within_ms=50)


# What goes wrong


def test_an_event_that_can_not_be_taken_in_is_named_and_waits(db, store, balances):
    def refuse(db, table, event):
        raise ZeroDivisionError

    strict = Projection(db, "strict", COLUMNS, {Deposited: add, AccountClosed: refuse})
    append(store, *HISTORY)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError) as error:
            strict.catch_up(store)
        assert error.value.__notes__ == [
            "strict could not take in position 5, AccountClosed of A-2. Its checkpoint stays before that."
        ]
        assert strict.position == 0
        assert db.execute("SELECT * FROM strict") == []


def test_a_store_that_has_lost_events_is_noticed(db, store, balances):
    append(store, *HISTORY)
    balances.catch_up(store)
    restored = TinyEventStore()
    append(restored, *HISTORY[:2])
    with pytest.raises(CheckpointAhead, match="position 5, and the store ends at 2"):
        balances.catch_up(restored)
    balances.rebuild(restored)
    assert (read(db), balances.position) == ({"A-1": 5}, 2)


def test_many_events_are_taken_in_by_batches(db, balances):
    class Store(TinyEventStore):
        limits = ()

        def read_all(self, *, after=0, limit=None):
            self.limits += (limit,)
            return super().read_all(after=after, limit=limit)

    store = Store()
    append(store, *[Deposited("A-1", 1)] * 1200)
    assert balances.catch_up(store) == 1200
    assert read(db) == {"A-1": 1200}
    assert set(store.limits) == {500}


@pytest.mark.parametrize("name", ["", "a b", "x; DROP TABLE y", "1st"])
def test_a_name_that_is_none_is_refused(db, name):
    with pytest.raises(UsageError, match="can't name a read model"):
        Projection(db, name, COLUMNS, WHEN)
