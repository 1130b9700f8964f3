"""What every bus promises (sandbox/ports.py), on the simulator and on real Kafka."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sandbox import Command, Event, partition_for
from sandbox.errors import (
    CommitRejected,
    ConsumerClosed,
    InvalidEvent,
    InvalidKey,
    RunDidNotEnd,
    TopicExists,
    UnknownTopic,
    UsageError,
)


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    total: int = 10


@dataclass(frozen=True)
class PaymentCaptured(Event):
    order_id: str


@dataclass(frozen=True)
class Line:
    sku: str
    price: Decimal


@dataclass(frozen=True)
class BasketFilled(Event):
    lines: tuple[Line, ...]
    at: datetime
    note: str | None = None


@dataclass(frozen=True)
class ReserveStock(Command):
    sku: str


def publish_orders(bus, topic, count, start=1):
    return [bus.publish(topic, OrderPlaced(f"A-{n}"), key=f"A-{n}") for n in range(start, start + count)]


def ids(records):
    return [record.event.order_id for record in records]


# Topics and publishing


def test_offsets_count_from_zero_without_gaps(bus):
    orders = bus.create_topic("orders")
    assert [record.offset for record in publish_orders(bus, orders, 3)] == [0, 1, 2]


def test_a_published_record_says_where_it_landed(bus):
    orders = bus.create_topic("orders", partitions=3)
    record = bus.publish(orders, OrderPlaced("A-1"), key="A-1")
    assert repr(record) == "orders[0]@0 OrderPlaced(order_id='A-1', total=10)"


@pytest.mark.parametrize("key", ["A-1", "GARISH-RUG", "Zoë ☕", b"\x00\xff", ""])
def test_a_key_lands_in_the_partition_that_murmur2_gives(bus, key):
    orders = bus.create_topic("orders", partitions=7)
    data = key if isinstance(key, bytes) else key.encode()
    record = bus.publish(orders, OrderPlaced("A-1"), key=key)
    assert record.partition == partition_for(data, 7)
    (read,) = bus.consumer(orders, group="billing").poll()
    assert (read.key, read.partition) == (key, record.partition)


def test_a_record_without_a_key_lands_in_some_partition(bus):
    orders = bus.create_topic("orders", partitions=3)
    record = bus.publish(orders, OrderPlaced("A-1"))
    assert record.partition in range(3)
    (read,) = bus.consumer(orders, group="billing").poll()
    assert read.key is None


def test_creating_a_topic_twice_gives_the_same_one(bus):
    assert bus.create_topic("orders", partitions=2) == bus.create_topic("orders", partitions=2)


def test_a_topic_is_not_made_again_with_other_partitions(bus):
    bus.create_topic("orders", partitions=2)
    with pytest.raises(TopicExists, match=r"2 partitions.*ask for 3"):
        bus.create_topic("orders", partitions=3)


@pytest.mark.parametrize(("name", "partitions"), [("my orders", 1), ("", 1), ("orders", 0), ("orders", 1.5)])
def test_a_topic_that_kafka_would_refuse_is_refused(bus, name, partitions):
    with pytest.raises(UsageError):
        bus.create_topic(name, partitions=partitions)


def test_an_unknown_topic_is_named_with_the_known_ones(bus):
    bus.create_topic("orders")
    with pytest.raises(UnknownTopic, match=r"no topic 'order'; there are: orders"):
        bus.publish("order", OrderPlaced("A-1"))
    with pytest.raises(UnknownTopic):
        bus.consumer("order", group="billing")


def test_a_key_is_text_or_bytes(bus):
    orders = bus.create_topic("orders")
    with pytest.raises(InvalidKey, match="42"):
        bus.publish(orders, OrderPlaced("A-1"), key=42)
    assert bus.consumer(orders, group="billing").poll() == []


# What can be published


def test_nested_values_arrive_as_they_were(bus):
    baskets = bus.create_topic("baskets")
    basket = BasketFilled((Line("RUG", Decimal("9.90")),), datetime(2026, 1, 1, tzinfo=UTC))
    bus.publish(baskets, basket)
    (record,) = bus.consumer(baskets, group="billing").poll()
    assert record.event == basket


def test_commands_travel_like_events(bus):
    requests = bus.create_topic("requests")
    bus.publish(requests, ReserveStock("RUG"))
    (record,) = bus.consumer(requests, group="stock").poll()
    assert record.event == ReserveStock("RUG")


def test_every_reader_gets_an_object_of_its_own(bus):
    @dataclass(frozen=True)
    class MenuPrinted(Event):
        drinks: list

    menus = bus.create_topic("menus")
    drinks = ["espresso"]
    bus.publish(menus, MenuPrinted(drinks))
    drinks.append("a later thought")
    (one,) = bus.consumer(menus, group="kitchen").poll()
    one.event.drinks.append("a reader's scribble")
    (other,) = bus.consumer(menus, group="waiters").poll()
    assert other.event.drinks == ["espresso"]


class NoDataclass(Event):
    pass


@dataclass(frozen=True)
class Holder(Event):
    value: object


@dataclass(frozen=True)
class Pair(Event):
    pair: list


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"order_id": "A-1"}, "no Event"),
        (OrderPlaced, "is a class"),
        (NoDataclass(), "no dataclass"),
        (Holder(object()), "can't be written as JSON"),
        (OrderPlaced(7), "can't be written as JSON and read back"),
        (OrderPlaced("half a character: \ud83d"), "can't be written as JSON and read back"),
        (Pair((1, 2)), "would reach its readers as"),
    ],
    ids=["dict", "class", "no-dataclass", "object", "wrong-type", "no-unicode", "changes-on-the-way"],
)
def test_what_is_no_event_is_refused_with_the_next_step(bus, event, said):
    orders = bus.create_topic("orders")
    with pytest.raises(InvalidEvent, match=said):
        bus.publish(orders, event)
    assert bus.consumer(orders, group="billing").poll() == []


# Reading and committing


def test_order_is_kept_for_each_key(bus):
    orders = bus.create_topic("orders", partitions=3)
    for total in range(5):
        for order in ("A-1", "A-2", "A-3"):
            bus.publish(orders, OrderPlaced(order, total), key=order)
    read = [record.event for record in bus.consumer(orders, group="billing").poll()]
    for order in ("A-1", "A-2", "A-3"):
        assert [event.total for event in read if event.order_id == order] == [0, 1, 2, 3, 4]


def test_two_groups_read_the_same_records(bus):
    orders = bus.create_topic("orders")
    publish_orders(bus, orders, 3)
    billing, email = bus.consumer(orders, group="billing"), bus.consumer(orders, group="email")
    assert ids(billing.poll()) == ids(email.poll()) == ["A-1", "A-2", "A-3"]


def test_a_consumer_gets_each_record_once(bus):
    orders = bus.create_topic("orders")
    billing = bus.consumer(orders, group="billing")
    publish_orders(bus, orders, 2)
    assert ids(billing.poll()) == ["A-1", "A-2"]
    assert billing.poll() == []
    publish_orders(bus, orders, 1, start=3)
    assert ids(billing.poll()) == ["A-3"]


def test_the_next_member_resumes_at_the_committed_offset(bus):
    orders = bus.create_topic("orders")
    publish_orders(bus, orders, 3)
    with bus.consumer(orders, group="billing") as billing:
        first, second, _ = billing.poll()
        billing.commit(first)
        billing.commit(second)
        assert billing.committed() == {("orders", 0): 2}
    assert ids(bus.consumer(orders, group="billing").poll()) == ["A-3"]


def test_a_commit_without_a_record_covers_all_that_was_polled(bus):
    orders = bus.create_topic("orders", partitions=2)
    publish_orders(bus, orders, 4)
    with bus.consumer(orders, group="billing") as billing:
        billing.poll()
        billing.commit()
    publish_orders(bus, orders, 1, start=5)
    assert ids(bus.consumer(orders, group="billing").poll()) == ["A-5"]


def test_a_record_is_redelivered_when_the_consumer_crashes_before_commit(bus):
    orders = bus.create_topic("orders")
    publish_orders(bus, orders, 2)
    billing = bus.consumer(orders, group="billing")
    first, _ = billing.poll()
    billing.commit(first)
    billing.crash()
    assert ids(bus.consumer(orders, group="billing").poll()) == ["A-2"]


def test_closing_commits_nothing(bus):
    orders = bus.create_topic("orders")
    publish_orders(bus, orders, 1)
    with bus.consumer(orders, group="billing") as billing:
        billing.poll()
    assert ids(bus.consumer(orders, group="billing").poll()) == ["A-1"]


@pytest.mark.parametrize("how", ["close", "crash"])
def test_a_consumer_that_has_ended_is_not_used_again(bus, how):
    orders = bus.create_topic("orders")
    publish_orders(bus, orders, 1)
    billing = bus.consumer(orders, group="billing")
    (record,) = billing.poll()
    getattr(billing, how)()
    for call in (billing.poll, billing.commit, lambda: billing.commit(record), billing.crash):
        with pytest.raises(ConsumerClosed, match="billing"):
            call()
    assert ids(bus.consumer(orders, group="billing").poll()) == ["A-1"]


def test_closing_twice_is_closing_once(bus):
    billing = bus.consumer(bus.create_topic("orders"), group="billing")
    billing.close()
    billing.close()


# Groups


def test_two_members_share_the_partitions_and_no_record_is_read_twice(bus):
    orders = bus.create_topic("orders", partitions=3)
    one, two = bus.consumer(orders, group="billing"), bus.consumer(orders, group="billing")
    publish_orders(bus, orders, 12)
    assert one.assignment | two.assignment == {("orders", 0), ("orders", 1), ("orders", 2)}
    assert not one.assignment & two.assignment
    assert one.assignment and two.assignment
    assert sorted(ids(one.poll()) + ids(two.poll())) == sorted(f"A-{n}" for n in range(1, 13))


def test_more_members_than_partitions_leave_one_idle(bus):
    orders = bus.create_topic("orders", partitions=1)
    members = [bus.consumer(orders, group="billing") for _ in range(2)]
    publish_orders(bus, orders, 2)
    assert sorted(len(member.poll()) for member in members) == [0, 2]


@pytest.mark.parametrize("how", ["close", "crash"])
def test_the_others_take_over_what_a_member_leaves(bus, how):
    orders = bus.create_topic("orders", partitions=3)
    one, two = bus.consumer(orders, group="billing"), bus.consumer(orders, group="billing")
    publish_orders(bus, orders, 9)
    two.poll()
    getattr(two, how)()
    assert len(one.assignment) == 3
    assert len(one.poll()) == 9


def test_a_rebalance_sends_everyone_back_to_the_committed_offsets(bus):
    orders = bus.create_topic("orders", partitions=1)
    publish_orders(bus, orders, 3)
    one = bus.consumer(orders, group="billing")
    first, *_ = one.poll()
    one.commit(first)
    two = bus.consumer(orders, group="billing")
    assert sorted(ids(one.poll()) + ids(two.poll())) == ["A-2", "A-3"]


def test_a_commit_is_rejected_once_the_partition_belongs_to_another_member(bus):
    orders = bus.create_topic("orders", partitions=2)
    publish_orders(bus, orders, 8)
    one = bus.consumer(orders, group="billing")
    polled = one.poll()
    two = bus.consumer(orders, group="billing")
    lost = next(record for record in polled if ("orders", record.partition) in two.assignment)
    with pytest.raises(CommitRejected, match="belongs to another member"):
        one.commit(lost)
    assert lost.offset in [r.offset for r in two.poll() if r.partition == lost.partition]


def test_lag_is_what_a_group_has_yet_to_commit(bus):
    orders = bus.create_topic("orders", partitions=2)
    publish_orders(bus, orders, 4)
    billing = bus.consumer(orders, group="billing")
    assert bus.lag("billing") == 4
    billing.poll()
    assert bus.lag("billing") == 4
    billing.commit()
    assert bus.lag("billing") == 0
    assert bus.lag("nobody") == 0


# Subscriptions


def test_run_delivers_everything_and_commits_it(bus):
    orders = bus.create_topic("orders", partitions=3)
    seen = {"billing": [], "email": []}
    bus.subscribe(
        orders, group="billing", handle=lambda record: seen["billing"].append(record.event.order_id)
    )
    bus.subscribe(orders, group="email", handle=lambda record: seen["email"].append(record.event.order_id))
    publish_orders(bus, orders, 5)
    result = bus.run()
    assert repr(result) == "Delivered 10: billing 5, email 5"
    assert sorted(seen["billing"]) == sorted(seen["email"]) == [f"A-{n}" for n in range(1, 6)]
    assert bus.lag("billing") == bus.lag("email") == 0
    assert bus.run().total == 0


def test_run_goes_on_until_the_last_effect_has_been_handled(bus):
    orders, payments = bus.create_topic("orders"), bus.create_topic("payments")
    mailed = []
    bus.subscribe(payments, group="email", handle=lambda record: mailed.append(record.event.order_id))
    bus.subscribe(
        orders,
        group="billing",
        handle=lambda record: bus.publish(payments, PaymentCaptured(record.event.order_id)),
    )
    publish_orders(bus, orders, 2)
    bus.run()
    assert mailed == ["A-1", "A-2"]


def test_a_handlers_exception_comes_out_and_the_record_is_delivered_again(bus):
    orders = bus.create_topic("orders")
    attempts = []

    def handle(record):
        attempts.append(record.event.order_id)
        if attempts == ["A-1", "A-2"]:
            raise ValueError("card terminal: no network")

    bus.subscribe(orders, group="billing", handle=handle)
    publish_orders(bus, orders, 3)
    with pytest.raises(ValueError, match="no network") as caught:
        bus.run()
    assert "billing was handling orders[0]@1" in caught.value.__notes__[0]
    bus.run()
    assert attempts == ["A-1", "A-2", "A-2", "A-3"]


def test_run_says_so_when_records_wait_for_a_member_that_it_does_not_serve(bus):
    orders = bus.create_topic("orders", partitions=2)
    bus.subscribe(orders, group="billing", handle=lambda record: None)
    other = bus.consumer(orders, group="billing")
    publish_orders(bus, orders, 8)
    with pytest.raises(RunDidNotEnd, match="billing"):
        bus.run()
    other.close()
    bus.run()
    assert bus.lag("billing") == 0


def test_run_without_subscriptions_delivers_nothing(bus):
    assert bus.run().total == 0


# Envelopes


def test_the_envelope_says_who_what_and_when_in_utc(bus):
    orders = bus.create_topic("orders")
    bus.publish(orders, OrderPlaced("A-1"), source="till", subject="A-1")
    (record,) = bus.consumer(orders, group="billing").poll()
    envelope = record.envelope
    assert (envelope.source, envelope.type, envelope.subject) == ("till", "OrderPlaced", "A-1")
    assert envelope.time.utcoffset().total_seconds() == 0
    assert abs((envelope.time - bus.clock.now()).total_seconds()) < 60


def test_two_equal_events_have_two_ids(bus):
    orders = bus.create_topic("orders")
    left, right = (bus.publish(orders, OrderPlaced("A-1")) for _ in range(2))
    assert left.event == right.event
    assert left.envelope.id != right.envelope.id


def test_a_redelivered_record_keeps_its_id(bus):
    orders = bus.create_topic("orders")
    published = bus.publish(orders, OrderPlaced("A-1"))
    for _ in range(2):
        billing = bus.consumer(orders, group="billing")
        (record,) = billing.poll()
        assert record.envelope == published.envelope
        billing.crash()


def test_what_a_handler_publishes_carries_its_cause(bus):
    orders, payments = bus.create_topic("orders"), bus.create_topic("payments")
    bus.subscribe(orders, group="billing", handle=lambda r: bus.publish(payments, PaymentCaptured("A-1")))
    placed = bus.publish(orders, OrderPlaced("A-1"))
    bus.run()
    (paid,) = bus.consumer(payments, group="email").poll()
    assert paid.envelope.source == "billing"
    assert paid.envelope.causation_id == placed.envelope.id
    assert paid.envelope.correlation_id == placed.envelope.correlation_id == placed.envelope.id


def test_a_cause_may_be_given(bus):
    orders, payments = bus.create_topic("orders"), bus.create_topic("payments")
    placed = bus.publish(orders, OrderPlaced("A-1"))
    paid = bus.publish(payments, PaymentCaptured("A-1"), cause=placed)
    refunded = bus.publish(payments, PaymentCaptured("A-1"), cause=paid)
    assert refunded.envelope.causation_id == paid.envelope.id
    assert refunded.envelope.correlation_id == placed.envelope.id


# The trace


def test_the_trace_reads_the_same_on_every_bus(bus):
    orders, payments = bus.create_topic("orders"), bus.create_topic("payments")
    bus.subscribe(orders, group="billing", handle=lambda r: bus.publish(payments, PaymentCaptured("A-1")))
    bus.subscribe(payments, group="email", handle=lambda r: None)
    bus.publish(orders, OrderPlaced("A-1"), source="till")
    bus.run()
    audit = bus.consumer(orders, group="audit")
    audit.poll()
    audit.crash()
    assert (
        repr(bus.trace)
        == """\
  1  till         publish  orders[0]@0 OrderPlaced(order_id='A-1', total=10)
  2  billing      handle   orders[0]@0
  2  audit        poll     orders[0]@0
  3  billing      publish  payments[0]@0 PaymentCaptured(order_id='A-1')
  3  audit        crash
  4  billing      commit   orders[0]@0
  4  email        handle   payments[0]@0
  5  email        commit   payments[0]@0"""
    )
