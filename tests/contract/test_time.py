"""Time: virtual on the simulator, real on Kafka; timers on both."""

import pytest

from sandbox.errors import UsageError


def test_time_passes_when_it_is_told_to(bus):
    before = bus.clock.now()
    bus.clock.advance(40)
    assert (bus.clock.now() - before).total_seconds() >= 0.04


def test_timers_run_in_the_order_in_which_they_fall_due(bus):
    rung = []
    bus.clock.call_in(30, lambda: rung.append("late"))
    bus.clock.call_in(10, lambda: rung.append("early"))
    bus.clock.call_in(60_000, lambda: rung.append("much later"))
    bus.clock.advance(50)
    assert rung == ["early", "late"]


def test_a_timer_may_set_another_one(bus):
    rung = []
    bus.clock.call_in(5, lambda: bus.clock.call_in(5, lambda: rung.append("second")))
    bus.clock.advance(40)
    assert rung == ["second"]


def test_time_does_not_go_backwards(bus):
    with pytest.raises(UsageError, match="backwards"):
        bus.clock.advance(-1)
    with pytest.raises(UsageError, match="backwards"):
        bus.clock.call_in(-1, print)
