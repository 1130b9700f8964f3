"""A short kill loop, in each run of the tests; the long one is `python -m tests.durability.kill_loop`."""

import os

import pytest

from sandbox.patterns import Relay
from sandbox.store import SqliteEventStore
from tests.durability import kill_loop

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the loop forks: Linux and macOS only")


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_a_shop_that_is_killed_again_and_again_loses_nothing(tmp_path, style):
    loop = kill_loop.run(tmp_path, style, kills=30)
    assert loop.kills == 30
    assert loop.lives_without_work < 15
    assert min(loop.acknowledged.values()) > 20


def test_the_loop_finds_what_was_acknowledged_too_early(tmp_path, monkeypatch):
    """A store that says yes before it has written."""
    real = SqliteEventStore.append

    def too_early(self, stream, events, *, expected_version):
        if stream == "cups" and expected_version % 5 == 4:
            return []
        return real(self, stream, events, expected_version=expected_version)

    monkeypatch.setattr(SqliteEventStore, "append", too_early)
    with pytest.raises(AssertionError):
        kill_loop.run(tmp_path, "choreography", kills=30)


def test_the_loop_finds_a_relay_that_forgets_first(tmp_path, monkeypatch):
    def forgets_first(self):
        batch = list(self.outbox.waiting())
        for waiting in batch:
            self.outbox.forget(waiting)
        for waiting in batch:
            self.bus.forward(waiting.topic, waiting.message, source=self.name)
        return len(batch)

    monkeypatch.setattr(Relay, "run", forgets_first)
    with pytest.raises(AssertionError):
        kill_loop.run(tmp_path, "choreography", kills=80)
