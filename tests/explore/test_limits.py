"""A deadline is met, whoever tries to miss it."""

import gc
from time import perf_counter

import pytest

from sandbox.explore import limits
from sandbox.explore.limits import TimeUp, deadline


def test_a_deadline_that_got_lost_comes_again(monkeypatch):
    """What is raised inside a callback of the garbage collector, nobody ever sees."""
    monkeypatch.setattr(limits, "PATIENCE", 2)
    with pytest.raises(TimeUp), deadline(0.01, is_theirs=lambda code: False):
        try:
            while True:
                pass
        except TimeUp:
            while True:
                pass


@pytest.mark.parametrize(
    ("load", "cores", "crowd"),
    [(0.5, 2, 1.0), (2.0, 2, 1.0), (6.0, 2, 3.0), (90.0, 2, 8.0), (6.0, None, 6.0)],
)
def test_on_a_crowded_machine_code_has_more_time(monkeypatch, load, cores, crowd):
    monkeypatch.setattr("os.getloadavg", lambda: (load, 0.0, 0.0), raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert limits.crowd() == crowd
    with pytest.raises(limits.TimeUp), limits.deadline(0.1, lambda code: False):
        start = perf_counter()
        try:
            while True:
                pass
        finally:
            assert 0.1 * crowd <= perf_counter() - start


def test_where_a_system_does_not_know_its_load_time_is_what_was_said(monkeypatch):
    monkeypatch.delattr("os.getloadavg", raising=False)
    assert limits.crowd() == 1.0


def test_the_collector_is_as_it_was_after_an_exploration():
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), limits.seldom_collected():
        assert gc.get_threshold()[0] > before[0]
        raise ZeroDivisionError
    assert gc.get_threshold() == before
