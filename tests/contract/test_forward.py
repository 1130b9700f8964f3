"""Sent again, and handed on: what stays the same when a message is not new."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox import Event
from sandbox.messages import Envelope, Stored

ENVELOPE = Envelope(
    id="shop-7",
    source="shop",
    type="SeatBooked",
    time=datetime(2026, 1, 1, 9, tzinfo=UTC),
    subject="A-1",
    correlation_id="shop-1",
    causation_id="shop-6",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


@dataclass(frozen=True)
class SeatBooked(Event):
    order_id: str


def read(bus, topic):
    with bus.consumer(topic, group="billing") as billing:
        return billing.poll()


def test_a_message_that_is_published_again_keeps_the_id_that_it_is_given(bus):
    orders = bus.create_topic("orders")
    for _ in range(2):
        bus.publish(orders, SeatBooked("A-1"), key="A-1", id="shop-7")
    assert [record.envelope.id for record in read(bus, orders)] == ["shop-7", "shop-7"]


def test_a_forwarded_message_is_the_same_message(bus):
    orders = bus.create_topic("orders", partitions=5)
    message = Stored(b"A-1", b'{"order_id":"A-1","note":"of a later version"}', ENVELOPE, ENVELOPE.time, {})
    forwarded = bus.forward(orders, message, source="relay")
    (record,) = read(bus, orders)
    assert (record.envelope, record.value, record.key) == (ENVELOPE, message.value, "A-1")
    assert record.event == SeatBooked("A-1")
    assert record.place == forwarded.place
    assert record.partition == bus.publish(orders, SeatBooked("A-1"), key="A-1").partition
    assert bus.trace.steps[0].actor == "relay"


def test_bytes_that_make_no_event_are_forwarded_unchanged_with_their_headers(bus):
    orders = bus.create_topic("orders")
    bus.forward(orders, Stored(b"A-1", b"\xff{", None, ENVELOPE.time, {"reason": b"unreadable"}))
    (record,) = read(bus, orders)
    assert (record.value, dict(record.headers)) == (b"\xff{", {"reason": b"unreadable"})


def test_a_rule_on_events_strikes_forwarded_ones_too(bus):
    orders = bus.create_topic("orders")
    bus.faults.duplicate(when=lambda event: event.order_id == "A-1")
    message = Stored(b"A-1", b'{"order_id":"A-1"}', ENVELOPE, ENVELOPE.time, {})
    bus.publish(orders, SeatBooked("A-2"), key="A-2")
    bus.forward(orders, message, source="relay")
    assert [record.event.order_id for record in read(bus, orders)] == ["A-2", "A-1", "A-1"]
