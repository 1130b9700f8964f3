"""The workshop on a real Kafka: a room that is watched, and grading by workers that are killed."""

import time
from uuid import uuid4

import pytest

from sandbox.errors import NotSupportedHere
from sandbox.referee import LEVELS, Referee
from sandbox.room import Room, join_workshop, leave_workshop
from sandbox.room.board import Rules
from sandbox.room.watching import Watch
from tests.room.conftest import RIGHT, WRONG, learner
from tests.workshop import kill_grading

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
__all__ = ["learner"]


def until_true(claim, seconds=20):
    """Wait until it holds."""
    until = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_room_is_watched_by_two_dashboards_of_one_memory(kafka_address, learner, tmp_path):
    url = f"kafka://{kafka_address}/room-{uuid4().hex[:6]}"
    widget = Room(url, folder=tmp_path / "office", every=0.1)
    watch = Watch(url, tmp_path / "office", Rules())
    watch.look()
    join_workshop(url, name="heron")
    learner.solve(WRONG)
    learner.solve(RIGHT)

    def tries():
        boards = [watch.look(), widget.board]  # a member that is not polled holds its group up
        return [[line.squares["08.2"].tries for line in board.lines if line.squares] for board in boards]

    until_true(lambda: tries() == [[2], [2]])
    assert watch.look().lines == widget.board.lines
    leave_workshop()
    until_true(lambda: watch.look().lines == widget.board.lines == [])
    assert (watch.status, widget._watch.status) == ("", "")
    widget.stop()
    watch.close()


def test_coordinator_and_workers_are_killed_and_the_gradebook_is_the_same(kafka_address, tmp_path):
    try:
        Referee(LEVELS).close()
    except NotSupportedHere as reason:
        pytest.skip(f"NOT CHECKED: {reason}")
    seed = int(uuid4().hex[:6], 16)
    loop = kill_grading.run(tmp_path, kills=3, kafka=kafka_address, seed=seed)
    assert loop.total == 3, seed
