"""Faults that a real broker can be told of as well: crash, duplicate, delay, skew, fail."""

from dataclasses import dataclass

import pytest

from sandbox import Event
from sandbox.errors import BrokerUnreachable, Crashed, UsageError


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    milk: str = ""


@pytest.fixture
def orders(bus):
    return bus.create_topic("orders")


@pytest.fixture
def seen(bus, orders):
    """What the group billing has handled, in order."""
    handled = []
    bus.subscribe(orders, "billing", lambda record: handled.append(record.event.order_id))
    return handled


def place(bus, orders, count=3):
    for number in range(1, count + 1):
        bus.publish(orders, OrderPlaced(f"A-{number}", "oat" if number == 2 else ""), key="A", source="till")


@pytest.mark.parametrize(
    ("action", "how", "expected"),
    [
        ("handle", "before", ["A-1", "A-2", "A-3"]),
        ("handle", "after", ["A-1", "A-2", "A-2", "A-3"]),
        ("commit", "before", ["A-1", "A-2", "A-2", "A-3"]),
        ("commit", "after", ["A-1", "A-2", "A-3"]),
    ],
)
def test_a_crash_redelivers_what_was_handled_and_not_committed(bus, orders, seen, action, how, expected):
    place(bus, orders)
    bus.faults.crash("billing", action, 2, how)
    bus.run()
    assert seen == expected
    assert bus.lag("billing") == 0


def test_a_crash_outside_run_comes_out_as_no_exception(bus, orders):
    bus.faults.crash("till", "publish", 1)
    with pytest.raises(Crashed, match="till crashed before its publish 1"):
        place(bus, orders)
    consumer = bus.consumer(orders, "billing")
    assert consumer.poll() == []


def test_a_duplicate_has_the_same_id_at_another_offset(bus, orders):
    bus.faults.duplicate(when=lambda event: event.milk == "oat")
    place(bus, orders)
    records = bus.consumer(orders, "billing").poll()
    assert [record.event.order_id for record in records] == ["A-1", "A-2", "A-2", "A-3"]
    assert records[1].envelope == records[2].envelope
    assert [record.offset for record in records] == [0, 1, 2, 3]


def test_a_late_duplicate_comes_after_all_else(bus, orders, seen):
    bus.faults.duplicate(when=lambda event: event.milk == "oat", how="late")
    place(bus, orders)
    bus.run()
    assert seen == ["A-1", "A-2", "A-3", "A-2"]
    assert ("publish", "orders[0]@3") in {(step.action, step.place) for step in bus.trace}


def test_a_suffix_is_replayed(bus, orders, seen):
    place(bus, orders)
    bus.faults.duplicate("billing", "commit", 2)
    bus.run()
    assert seen == ["A-1", "A-2", "A-3", "A-1", "A-2", "A-3"] or seen == ["A-1", "A-2", "A-1", "A-2", "A-3"]


def test_a_second_consumer_handles_what_the_first_one_has_handled_but_may_not_commit(bus, orders, seen):
    place(bus, orders)
    bus.faults.duplicate("billing", "handle", 2)
    bus.run()
    assert seen == ["A-1", "A-2", "A-2", "A-3"]
    assert "rejected" in {step.action for step in bus.trace}


def test_a_delay_holds_a_record_and_what_is_behind_it(bus, orders):
    bus.faults.delay("till", 2, ms=1_500)
    place(bus, orders)
    consumer = bus.consumer(orders, "billing")
    first = [record.event.order_id for record in consumer.poll()]
    assert first in ([], ["A-1"])  # Kafka can hold whole partitions only
    bus.subscribe(orders, "email", lambda record: None)
    assert bus.run().handled == {"email": 3}


def test_a_lost_request_was_never_there_and_a_lost_response_is_not_lost(bus, orders):
    bus.faults.fail("till", "publish", 1, "request")
    bus.faults.fail("till", "publish", 2, "response")
    for _ in range(2):
        with pytest.raises(BrokerUnreachable) as raised:
            place(bus, orders, 1)
        assert raised.value.definite is False
    assert len(bus.consumer(orders, "billing").poll()) == 1


def test_a_commit_without_an_answer_may_have_counted(bus, orders, seen):
    place(bus, orders)
    bus.faults.fail("billing", "commit", 1, "request")
    bus.faults.fail("billing", "commit", 3, "response")
    bus.run()
    assert seen == ["A-1", "A-1", "A-2", "A-3"]


def test_a_clock_that_is_off_shows_in_the_envelope(bus, orders):
    bus.faults.skew("till", 3_600_000)
    place(bus, orders, 1)
    bus.publish(orders, OrderPlaced("B-1"), key="A", source="web")
    early, late = (record.envelope.time for record in bus.consumer(orders, "billing").poll())
    assert 3500 < (early - late).total_seconds() < 3700


def test_what_struck_is_a_plan_that_replays(bus, orders, seen):
    bus.faults.duplicate(when=lambda event: event.milk == "oat", how="late")
    bus.faults.crash("billing", "commit", 1)
    place(bus, orders)
    bus.run()
    assert str(bus.faults.plan) == "seed 0; duplicate till publish 2 late; crash billing commit 1 before"
    assert repr(bus.faults) == f"Faults that struck: {bus.faults.plan}"


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda faults: faults.crash("billing"), "say whom crash strikes"),
        (lambda faults: faults.add("crash billing fly 1"), "not 'fly'"),
        (lambda faults: faults.duplicate("billing", "commit", 1, "late"), "comes suffix, not 'late'"),
        (lambda faults: faults.randomly(1.5), "from 0 to 1"),
        (lambda faults: faults.replay("seed 99; crash billing commit 1"), "seed 99"),
        (lambda faults: faults.delay("till", 1, ms="long"), "milliseconds"),
    ],
)
def test_what_can_not_strike_says_why(bus, ask, says):
    with pytest.raises(UsageError, match=says):
        ask(bus.faults)


def test_a_fault_for_a_step_that_is_over_is_refused(bus, orders):
    bus.faults.crash("till", "publish", 9)
    place(bus, orders)
    with pytest.raises(UsageError, match="too late: till has done publish 3 times"):
        bus.faults.crash("till", "publish", 2)


def test_records_whose_poll_got_no_answer_come_again(bus, orders):
    place(bus, orders)
    consumer = bus.consumer(orders, "billing")
    bus.faults.fail("billing", "poll", 1, "response")
    with pytest.raises(BrokerUnreachable):
        consumer.poll()
    assert [record.event.order_id for record in consumer.poll()] == ["A-1", "A-2", "A-3"]


@pytest.mark.parametrize("how", ["request", "response"])
def test_run_loses_nothing_where_a_poll_gets_no_answer(bus, orders, seen, how):
    place(bus, orders)
    bus.faults.fail("billing", "poll", 1, how)
    bus.run()
    assert seen == ["A-1", "A-2", "A-3"]


def test_a_crash_at_the_commit_of_a_transactions_mark_is_survived(bus, orders, seen):
    """`run` commits the position behind the mark by itself: a step as any other."""
    till = bus.producer(transactional_id="till")
    with till.transaction():
        till.publish(orders, OrderPlaced("A-1"), key="A")
    bus.faults.crash("billing", "commit", 2)
    bus.run()
    assert seen == ["A-1"]
    assert bus.run().total == 0
    assert bus.lag("billing") == 0
