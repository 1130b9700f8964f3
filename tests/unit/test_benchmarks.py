"""The benchmarks run, and nobody is fast because he leaves something out."""

import pytest

from benchmarks import bus, event_store, report, ten_million
from benchmarks.peers import bare, ours
from benchmarks.workload import check
from sandbox.store import SqliteDatabase


@pytest.mark.parametrize("peer", [bare, ours])
@pytest.mark.parametrize("groups", [1, 3])
def test_a_peer_handles_everything(peer, groups):
    assert peer.run(100, 50, groups) > 0


def test_who_leaves_something_out_is_found_out():
    with pytest.raises(AssertionError, match="99 of 100"):
        check(99, 100, 1)


def test_the_table_says_what_was_met_and_what_was_not(tmp_path):
    load = bus.LOADS[0]
    text = report.table({load: {"ours": 300.0, "bare": 1000.0, "mockafka_py": 200.0}})
    assert "10,000 events of 50 bytes, 1 group" in text
    assert "| bare loop over a deque | 1,000 | 0.30× | 0.2× met |" in text
    assert "| 200 | 1.50× | 2× NOT MET |" in text


def test_the_event_stores_do_the_same_work(tmp_path, monkeypatch):
    monkeypatch.setattr(event_store, "ONE_BY_ONE", 20)
    monkeypatch.setattr(event_store, "IN_BATCHES", 200)
    monkeypatch.setattr(event_store, "ACCOUNTS", 3)
    assert set(event_store.ours(tmp_path)) >= set(event_store.bare(tmp_path))
    for file, table in (("ours", "events"), ("bare", "events")):
        with SqliteDatabase(tmp_path / f"{file}.sqlite") as db:
            (row,) = db.execute(f"SELECT count(*) AS n FROM {table} WHERE stream = 'ada'")
        assert row["n"] == 220
    rates = {"ours": 300.0, "bare sqlite3": 400.0, "eventsourcing": 200.0}
    text = event_store.table({"appended one by one": rates})
    assert (
        "0.75× bare sqlite3, 1.50× eventsourcing | NOT MET: 3× eventsourcing, met: 0.67× bare sqlite3" in text
    )


def test_a_long_history_is_written_replayed_and_loaded_from_its_snapshot(tmp_path):
    """`measure` itself asserts that all three ways give the same balance."""
    text = ten_million.measure(tmp_path / "history.sqlite", 2_500)
    assert text.startswith("2,500 events of one stream")
