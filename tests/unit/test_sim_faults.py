"""Faults that only the simulator can inject, and runs that replay exactly."""

from dataclasses import dataclass

import pytest

from sandbox import Event, connect
from sandbox.errors import BrokerUnreachable, CommitRejected, ConsumerClosed, RunDidNotEnd
from sandbox.injection.strikes import Strikes


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


@pytest.fixture
def orders(sim):
    return sim.create_topic("orders", partitions=2)


def place(bus, orders, count=4):
    for number in range(1, count + 1):
        bus.publish(orders, OrderPlaced(f"A-{number}"), key=f"A-{number}", source="till")


def ids(records):
    return sorted(record.event.order_id for record in records)


def test_a_dropped_record_was_acknowledged_and_its_offset_is_given_again(sim):
    topic = sim.create_topic("letters")
    sim.faults.drop("till", 2)
    offsets = [sim.publish(topic, OrderPlaced(f"A-{n}"), key="A", source="till").offset for n in range(1, 4)]
    assert offsets == [0, 1, 1]
    assert ids(sim.consumer(topic, "billing").poll()) == ["A-1", "A-3"]


def test_who_is_split_gets_no_answer_until_it_is_healed(sim, orders):
    place(sim, orders)
    consumer = sim.consumer(orders, "billing")
    sim.faults.split("billing")
    with pytest.raises(BrokerUnreachable, match="split"):
        consumer.poll()
    sim.faults.heal("billing")
    assert len(consumer.poll()) == 4
    assert str(sim.faults.plan) == "seed 0; split billing poll 1; heal billing poll 2"


def test_who_is_split_for_longer_than_its_session_is_a_zombie(sim, orders):
    place(sim, orders)
    one = sim.consumer(orders, "billing")
    polled = one.poll()
    sim.faults.split("billing")
    two = sim.consumer(orders, "billing")
    assert two.poll() == []  # the rebalance waits for the one that is silent
    sim.clock.advance(45_000)
    assert len(two.poll()) == 4
    sim.faults.heal("billing")
    with pytest.raises(CommitRejected, match="gone on without it"):
        one.commit(polled[0])


def test_a_run_waits_for_a_silent_member_on_the_virtual_clock(sim, orders):
    place(sim, orders)
    frozen = sim.consumer(orders, "billing")
    frozen.freeze()
    sim.subscribe(orders, "billing", lambda record: None)
    before = sim.clock.now()
    assert sim.run().handled == {"billing": 4}
    assert (sim.clock.now() - before).total_seconds() == pytest.approx(45, abs=1)


def test_an_unnoticed_crash_is_missed_after_the_session_timeout(sim, orders):
    place(sim, orders)
    one = sim.consumer(orders, "billing", session_timeout_ms=10_000)
    one.crash(unnoticed=True)
    two = sim.consumer(orders, "billing")
    sim.clock.advance(9_999)
    assert two.poll() == []
    sim.clock.advance(1)
    assert len(two.poll()) == 4
    with pytest.raises(ConsumerClosed):
        one.poll()
    assert sim.consumer(orders, "billing").name == "billing"  # its name is free again


def test_a_member_that_does_not_poll_loses_its_partitions(sim, orders):
    place(sim, orders)
    lost = []
    slow = sim.consumer(
        orders, "billing", max_poll_interval_ms=60_000, on_lost=lambda consumer, gone: lost.append(gone)
    )
    quick = sim.consumer(orders, "billing")
    sim.clock.advance(59_000)
    quick.poll()
    assert len(quick.assignment) == 1
    sim.clock.advance(1_000)
    assert len(quick.assignment) == 2
    assert lost == []  # it finds out at its next poll
    slow.poll()
    assert len(lost) == 1
    assert len(slow.assignment) == len(quick.assignment) == 1


def test_who_joins_after_a_members_time_is_up_shares_with_the_others_only(sim, orders):
    """It used to end in a RuntimeError: the slow one was evicted in the middle of the dealing."""
    place(sim, orders)
    slow = sim.consumer(orders, "billing", name="slow")
    sim.clock.advance(300_000)
    quick = sim.consumer(orders, "billing", name="quick")
    assert len(quick.poll()) == 4
    assert "evicted" in {step.action for step in sim.trace}
    sim.clock.advance(300_000)  # now quick's time is up, too, and slow's close deals out anew
    slow.poll()
    sim.clock.advance(300_000)
    third = sim.consumer(orders, "billing", name="third")
    slow.close()
    assert len(third.poll()) == 4


def test_a_handler_that_is_too_slow_once_sees_its_record_again(sim, orders):
    place(sim, orders, 2)
    handled = []

    def handle(record):
        handled.append(record.event.order_id)
        if len(handled) == 1:
            sim.clock.advance(300_000)

    sim.subscribe(orders, "billing", handle)
    sim.run()
    assert sorted(handled[1:]) == ["A-1", "A-2"]
    assert "evicted" in {step.action for step in sim.trace}


def test_a_handler_that_is_always_too_slow_ends_the_run_with_a_reason(sim, orders):
    place(sim, orders, 1)
    sim.subscribe(orders, "billing", lambda record: sim.clock.advance(300_000))
    with pytest.raises(RunDidNotEnd, match="max_poll_interval_ms"):
        sim.run()


def test_a_subscription_that_waits_for_a_day_is_still_a_member(sim, orders):
    sim.subscribe(orders, "billing", lambda record: None)
    sim.clock.advance(24 * 3_600_000)
    place(sim, orders)
    assert sim.run().handled == {"billing": 4}
    assert "evicted" not in {step.action for step in sim.trace}


def test_a_split_that_is_never_healed_ends_the_run_with_a_reason(sim, orders):
    place(sim, orders)
    sim.subscribe(orders, "billing", lambda record: None)
    sim.faults.split("billing")
    with pytest.raises(RunDidNotEnd, match="split"):
        sim.run()


def shop(plan=None, *, rate=0.0, seed=3):
    """A run with two groups, one of which publishes; returns what was handled, and the bus."""
    bus = connect("sim://", seed=seed)
    orders, receipts = bus.create_topic("orders", partitions=2), bus.create_topic("receipts")
    handled = []

    def bill(record):
        handled.append(("billing", record.event.order_id))
        bus.publish(receipts, OrderPlaced(record.event.order_id), key=record.event.order_id)

    bus.subscribe(orders, "billing", bill)
    bus.subscribe(receipts, "email", lambda record: handled.append(("email", record.event.order_id)))
    if plan is not None:
        bus.faults.replay(plan)
    elif rate:
        bus.faults.randomly(rate, words=("crash", "duplicate", "delay"))
    for number in range(20):
        while True:
            try:
                bus.publish(orders, OrderPlaced(f"A-{number}"), key=f"A-{number}", source="till")
                break
            except BaseException as error:
                if type(error).__name__ not in ("Crashed", "BrokerUnreachable"):
                    raise
    bus.run()
    return handled, bus


def test_where_time_passes_a_delay_by_chance_is_short_and_all_else_the_same():
    def struck(**options):
        strikes = Strikes(7, {}, **options)
        strikes.rate = 0.5
        return [str(fault) for _ in range(400) for fault in strikes.at("till", "publish", None)]

    on_the_simulator = struck(delay_max_ms=60_000)
    assert any("60000ms" in fault for fault in on_the_simulator)
    assert struck(delay_max_ms=1_000) == [fault.replace("60000ms", "1000ms") for fault in on_the_simulator]


@pytest.mark.parametrize("seed", range(10))
def test_a_random_run_is_replayed_by_its_plan(seed):
    handled, bus = shop(rate=0.1, seed=seed)
    assert bus.faults.plan.faults
    again, replayed = shop(str(bus.faults.plan), seed=seed)
    assert again == handled
    assert repr(replayed.trace) == repr(bus.trace)


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_lost_whatever_crashes(seed):
    handled, bus = shop(rate=0.2, seed=seed)
    for group in ("billing", "email"):
        assert {order for who, order in handled if who == group} == {f"A-{n}" for n in range(20)}
        assert bus.lag(group) == 0
