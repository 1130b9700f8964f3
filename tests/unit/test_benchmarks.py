"""The benchmarks run, and nobody is fast because he leaves something out."""

import pytest

from benchmarks import bus, report
from benchmarks.peers import bare, ours
from benchmarks.workload import check


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
