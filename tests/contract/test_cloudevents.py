"""Anyone's CloudEvents client reads what we write on Kafka, and we read what it wrote."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings.kafka import (
    KafkaMessage,
    from_kafka_event,
    to_binary_event,
    to_structured_event,
)
from cloudevents.core.v1.event import CloudEvent
from kafka import KafkaConsumer, KafkaProducer

from sandbox import Event, connect
from sandbox.errors import UnreadableRecord

pytestmark = pytest.mark.kafka


@dataclass(frozen=True)
class WebOrderPlaced(Event):
    order_id: str
    total: int


@pytest.fixture
def bus(kafka_address):
    bus = connect(f"kafka://{kafka_address}")
    yield bus
    bus.close()


def raw_records(address, topic):
    """What a plain kafka-python consumer finds on a topic, from its beginning."""
    reader = KafkaConsumer(
        topic, bootstrap_servers=address, auto_offset_reset="earliest", consumer_timeout_ms=3000
    )
    try:
        return [next(reader)]
    finally:
        reader.close()


def write_raw(address, topic, *, key=None, value=b"", headers=()):
    """Write with a plain kafka-python producer."""
    writer = KafkaProducer(bootstrap_servers=address)
    writer.send(topic, value, key=key, headers=list(headers)).get(timeout=10)
    writer.close()


def test_what_we_write_is_a_cloudevent_in_binary_mode(bus, kafka_address):
    orders = bus.create_topic("orders")
    placed = bus.publish(orders, WebOrderPlaced("A-1", 10), key="A-1", source="till", subject="A-1")
    bus.publish(orders, WebOrderPlaced("A-1", 10), cause=placed)
    (raw,) = raw_records(kafka_address, bus.physical("orders"))
    headers = dict(raw.headers)
    assert raw.key == b"A-1"
    assert raw.value == b'{"order_id":"A-1","total":10}'
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_id"] == placed.envelope.id.encode()
    assert headers["ce_type"] == b"WebOrderPlaced"
    assert headers["ce_source"] == b"till"
    assert headers["ce_subject"] == b"A-1"
    assert headers["ce_time"].endswith(b"Z")
    assert headers["ce_correlationid"] == placed.envelope.id.encode()
    assert headers["content-type"] == b"application/json"
    assert "ce_causationid" not in headers

    event = from_kafka_event(KafkaMessage(headers=headers, key=raw.key, value=raw.value))
    assert event.get_data() == {"order_id": "A-1", "total": 10}
    assert event.get_time() == placed.envelope.time


@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event], ids=["binary", "structured"])
def test_we_read_what_the_cloudevents_library_wrote(bus, kafka_address, mode):
    orders = bus.create_topic("orders")
    event = CloudEvent(
        {
            "id": "theirs-1",
            "source": "/web-shop",
            "type": "WebOrderPlaced",
            "time": datetime(2026, 1, 1, 9, tzinfo=UTC),
            "datacontenttype": "application/json",
            "correlationid": "visit-7",
        },
        {"order_id": "A-2", "total": 20, "colour": "a field that we don't know"},
    )
    message = mode(event)
    write_raw(
        kafka_address,
        bus.physical("orders"),
        key=b"A-2",
        value=message.value,
        headers=message.headers.items(),
    )
    (record,) = bus.consumer(orders, group="billing").poll()
    assert record.event == WebOrderPlaced("A-2", 20)
    assert (record.envelope.id, record.envelope.source) == ("theirs-1", "/web-shop")
    assert record.envelope.time == datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert record.envelope.correlation_id == "visit-7"


def test_a_message_that_is_no_cloudevent_does_not_stop_the_consumer(bus, kafka_address):
    orders = bus.create_topic("orders")
    write_raw(kafka_address, bus.physical("orders"), value=b"hello")
    write_raw(kafka_address, bus.physical("orders"), value=None, key=b"A-1")
    bus.publish(orders, WebOrderPlaced("A-3", 30))
    billing = bus.consumer(orders, group="billing")
    plain, tombstone, ours = billing.poll()
    assert repr(plain) == "orders[0]@0 unreadable: b'hello'"
    with pytest.raises(UnreadableRecord, match="no CloudEvents attributes"):
        plain.event  # noqa: B018
    with pytest.raises(UnreadableRecord, match="tombstone"):
        tombstone.event  # noqa: B018
    assert ours.event == WebOrderPlaced("A-3", 30)
    billing.commit(ours)
    assert bus.lag("billing") == 0


def test_a_run_is_found_again_by_its_name(bus, kafka_address):
    orders = bus.create_topic("orders", partitions=2)
    bus.publish(orders, WebOrderPlaced("A-1", 10), key="A-1")
    with bus.consumer(orders, group="billing") as billing:
        billing.poll()
        billing.commit()
    later = connect(f"kafka://{kafka_address}", run=bus.run_name)
    try:
        assert later.create_topic("orders", partitions=2) == orders
        later.publish(orders, WebOrderPlaced("A-2", 20), key="A-2")
        (record,) = later.consumer(orders, group="billing").poll()
        assert record.event.order_id == "A-2"
    finally:
        later.close()
