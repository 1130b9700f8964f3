"""The event store keeps its port's promises, in a file and in memory."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import pytest

from sandbox import Event
from sandbox.errors import ConcurrencyConflict, ConstraintViolated, UnreadableRecord, UsageError
from sandbox.schema import Upcasters
from sandbox.store import SqliteDatabase, SqliteEventStore
from sandbox.store import event_store as module


@dataclass(frozen=True)
class MoneyDeposited(Event):
    cents: int


@pytest.fixture(params=["file", "memory"])
def store(request, tmp_path):
    db = SqliteDatabase(tmp_path / "bank.sqlite") if request.param == "file" else SqliteDatabase(name="bank")
    made = SqliteEventStore(db)
    yield made
    made.close()


def deposits(*cents):
    return [MoneyDeposited(n) for n in cents]


def test_what_is_appended_is_read_in_order(store):
    store.append("ada", deposits(1, 2), expected_version=0)
    store.append("bob", deposits(7), expected_version=0)
    stored = store.append("ada", deposits(3), expected_version=2)
    assert [(s.stream, s.version, s.event.cents) for s in store.read("ada")] == [
        ("ada", 1, 1),
        ("ada", 2, 2),
        ("ada", 3, 3),
    ]
    assert list(store.read("ada", after=2)) == stored
    assert (store.version("ada"), store.version("nobody"), store.position()) == (3, 0, 4)
    assert [s.event.cents for s in store.read_all()] == [1, 2, 7, 3]
    assert [s.event.cents for s in store.read_all(after=1, limit=2)] == [2, 7]
    assert list(store.read("nobody")) == []


def test_the_loser_is_told_both_versions_and_nothing_is_written(store):
    store.append("ada", deposits(1, 2), expected_version=0)
    with pytest.raises(ConcurrencyConflict) as conflict:
        store.append("ada", deposits(8, 9), expected_version=1)
    assert (conflict.value.stream, conflict.value.expected, conflict.value.actual) == ("ada", 1, 2)
    assert conflict.value.definite
    assert store.version("ada") == 2


def test_an_append_is_all_or_none(store):
    with pytest.raises(UsageError), store.db.transaction():
        store.append("ada", deposits(1, 2), expected_version=0)
        raise UsageError("something else went wrong.")
    assert store.position() == 0
    assert store.append("ada", deposits(3), expected_version=0)[0].version == 1


def test_an_effect_and_its_cause_are_in_one_conversation(store):
    (first,) = store.append("ada", deposits(1), expected_version=0, source="till")
    (second,) = store.append("bob", deposits(2), expected_version=0, cause=first)
    assert second.envelope.causation_id == first.envelope.id
    assert second.envelope.correlation_id == first.envelope.correlation_id
    assert (first.envelope.source, first.envelope.subject) == ("till", "ada")


def test_long_streams_are_read_page_by_page(store, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    store.append("ada", deposits(*range(10)), expected_version=0)
    assert [s.event.cents for s in store.read("ada")] == list(range(10))
    reading = store.read_all(after=2)
    assert next(reading).position == 3
    store.append("bob", deposits(99), expected_version=0)
    assert [s.position for s in reading] == list(range(4, 12)), "what comes meanwhile is read as well"


def test_what_can_not_be_read_is_named_and_kept(store):
    store.append("ada", deposits(1), expected_version=0)
    store.db.execute("UPDATE events SET envelope = replace(envelope, 'MoneyDeposited', 'MoneyMinted')")
    with pytest.raises(UnreadableRecord, match=r"ada version 1, position 1.*MoneyMinted"):
        list(store.read("ada"))
    assert store.version("ada") == 1


@pytest.mark.parametrize("expected", [-1, None, True, "1"])
def test_bad_input_is_refused(store, expected):
    with pytest.raises(UsageError, match="expected_version"):
        store.append("ada", deposits(1), expected_version=expected)
    with pytest.raises(UsageError, match="stream's name"):
        store.append("", deposits(1), expected_version=0)
    assert store.position() == 0


def test_no_version_is_given_twice_whoever_writes(store):
    store.append("ada", deposits(1), expected_version=0)
    with pytest.raises(ConstraintViolated):
        store.db.execute("INSERT INTO events SELECT 99, stream, version, envelope, data FROM events")


@pytest.mark.parametrize("order", ["ABab", "ABba", "AaBb", "BAab", "BAba", "BbAa"])
def test_of_two_writers_one_wins_at_every_interleaving(tmp_path, order):
    """Each reads the version (capital), then appends."""
    writers = {name: SqliteEventStore(SqliteDatabase(tmp_path / "bank.sqlite")) for name in "ab"}
    seen, won, lost = {}, [], []
    for step in order:
        name, store = step.lower(), writers[step.lower()]
        if step.isupper():
            seen[name] = store.version("ada")
            continue
        try:
            store.append("ada", deposits(1), expected_version=seen[name])
            won.append(name)
        except ConcurrencyConflict as conflict:
            assert (conflict.expected, conflict.actual) == (0, 1)
            lost.append(name)
    one_after_the_other = order in ("AaBb", "BbAa")
    assert (len(won), len(lost)) == ((2, 0) if one_after_the_other else (1, 1))
    assert writers["a"].version("ada") == len(won)
    for store in writers.values():
        store.close()


def test_many_writers_leave_no_gap_for_a_reader_to_miss(tmp_path):
    store = SqliteEventStore(SqliteDatabase(tmp_path / "bank.sqlite"))
    seen = []

    def write(writer):
        for n in range(25):
            store.append(f"account-{writer}", deposits(n), expected_version=n)

    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write, writer) for writer in range(4)]
        while not all(one.done() for one in writing):
            seen += [s.position for s in store.read_all(after=seen[-1] if seen else 0)]
        [one.result() for one in writing]
    seen += [s.position for s in store.read_all(after=seen[-1] if seen else 0)]
    assert len(seen) == 100
    assert all(a < b for a, b in pairwise(seen))
    store.close()


def test_old_shapes_are_read_as_todays(tmp_path):
    """Stored as they were; led through the upcasters when they are read."""
    upcasters = Upcasters()

    @upcasters.add("bank.Paid", "bank.Paid.v2")
    def in_cents(fields):
        return {"cents": fields["euros"] * 100}

    @dataclass(frozen=True)
    class Paid(Event, type="bank.Paid"):
        euros: int

    @dataclass(frozen=True)
    class PaidInCents(Event, type="bank.Paid.v2"):
        cents: int

    with SqliteDatabase(tmp_path / "bank.sqlite") as db:
        SqliteEventStore(db).append("ada", [Paid(4)], expected_version=0)
        store = SqliteEventStore(db, upcasters=upcasters)
        store.append("ada", [PaidInCents(50)], expected_version=1)
        assert [s.event for s in store.read("ada")] == [PaidInCents(400), PaidInCents(50)]
        assert [s.event for s in store.read_all()] == [PaidInCents(400), PaidInCents(50)]
        assert [s.event for s in SqliteEventStore(db).read("ada")] == [Paid(4), PaidInCents(50)]


def test_an_event_of_a_newer_version_is_named_and_kept(store):
    """Written by tomorrow's program: today's can't know what is meant, and must not guess."""

    @dataclass(frozen=True)
    class Newer(Event, type="MoneyDeposited.v2"):
        cents: int

    store.append("ada", [Newer(1)], expected_version=0)
    store.db.execute("UPDATE events SET envelope = replace(envelope, '.v2', '.v3')")
    with pytest.raises(UnreadableRecord, match=r"ada version 1.*MoneyDeposited.v3.*newer program"):
        list(store.read("ada"))
    assert store.version("ada") == 1
