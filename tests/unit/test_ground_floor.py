"""Clock, trace and keys."""

from datetime import UTC, timedelta

import pytest
from kafka.partitioner.default import murmur2

from sandbox.clock import OPENING, VirtualClock, WallClock
from sandbox.errors import UsageError
from sandbox.messages.keys import partition_for
from sandbox.trace import Trace


def test_virtual_time_moves_only_when_told_to():
    clock = VirtualClock()
    assert clock.now() == OPENING
    clock.advance(24 * 60 * 60 * 1000)
    assert clock.now() == OPENING + timedelta(days=1)


def test_timers_run_when_due_and_in_order():
    clock, rung = VirtualClock(), []
    clock.call_in(20, lambda: rung.append(("late", clock.now() - OPENING)))
    clock.call_in(10, lambda: rung.append(("early", clock.now() - OPENING)))
    clock.call_in(10, lambda: rung.append(("early too", clock.now() - OPENING)))
    clock.advance(15)
    assert rung == [("early", timedelta(milliseconds=10)), ("early too", timedelta(milliseconds=10))]
    clock.advance(15)
    assert rung[2] == ("late", timedelta(milliseconds=20))


def test_a_timer_may_set_another_one():
    clock, rung = VirtualClock(), []
    clock.call_in(10, lambda: clock.call_in(10, lambda: rung.append(clock.now() - OPENING)))
    clock.advance(100)
    assert rung == [timedelta(milliseconds=20)]


@pytest.mark.parametrize("move", [lambda clock: clock.advance(-1), lambda clock: clock.call_in(-1, print)])
def test_time_does_not_go_backwards(move):
    with pytest.raises(UsageError, match="backwards"):
        move(VirtualClock())


def test_the_wall_clock_is_in_utc():
    assert WallClock().now().tzinfo is UTC


def test_a_step_on_a_record_comes_after_its_publication():
    trace = Trace()
    trace.record("till", "publish", "orders[0]@0", "OrderPlaced()")
    trace.record("till", "publish", "orders[0]@1", "OrderPlaced()")
    trace.record("billing", "handle", "orders[0]@1")
    assert [(step.actor, step.turn) for step in trace] == [("till", 1), ("till", 2), ("billing", 3)]


def test_what_is_not_guaranteed_does_not_show():
    """Two groups handle one record, in either order: the text is the same."""
    texts = []
    for groups in (["billing", "email"], ["email", "billing"]):
        trace = Trace()
        trace.add_actor("billing")
        trace.add_actor("email")
        trace.record("till", "publish", "orders[0]@0", "OrderPlaced()")
        for group in groups:
            trace.record(group, "handle", "orders[0]@0")
            trace.record(group, "commit", "orders[0]@0")
        texts.append(repr(trace))
    assert texts[0] == texts[1]


def test_an_empty_trace_says_so():
    assert repr(Trace()) == "Nothing has happened yet."


# Known answers of Kafka's own UtilsTest (clients/src/test/java/.../UtilsTest.java).
@pytest.mark.parametrize(
    ("key", "hash"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_keys_are_hashed_as_java_does(key, hash):
    assert murmur2(key) == hash % 2**32
    assert partition_for(key, 10) == (hash & 0x7FFFFFFF) % 10
