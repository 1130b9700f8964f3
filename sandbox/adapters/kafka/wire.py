"""Our envelope as CloudEvents headers on a Kafka record, and back.

Written in the binary content mode of the CloudEvents Kafka binding, read in both modes,
by the `cloudevents` library, so that any CloudEvents client reads what we write.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

import dataclasses
import json
from datetime import UTC, datetime
from typing import Protocol

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event, to_binary_event
from cloudevents.core.v1.event import CloudEvent

from sandbox.messages import Envelope, Record
from sandbox.messages.event import Published
from sandbox.messages.headers import own_headers
from sandbox.messages.record import Stored
from sandbox.ports import TopicOptions

EXTENSIONS = {  # on the wire a name has letters and digits only
    "correlationid": "correlation_id",
    "causationid": "causation_id",
    "traceparent": "traceparent",
}


class ConsumerRecord(Protocol):
    """What we use of kafka-python's record."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    timestamp: int


def to_wire(envelope: Envelope, value: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The value and the headers of the Kafka record that carries `value` in `envelope`."""
    attributes = {
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "specversion": "1.0",
        "time": envelope.time,
        "subject": envelope.subject,
        "datacontenttype": "application/json",
        **{wire: getattr(envelope, ours) for wire, ours in EXTENSIONS.items()},
    }
    present = {name: attribute for name, attribute in attributes.items() if attribute is not None}
    message = to_binary_event(CloudEvent(present, value))
    return message.value, sorted(message.headers.items())


def from_wire(raw: ConsumerRecord, topic: str, published: Published) -> Record:
    """The record that arrived, under the learner's name for its topic.

    A record that is no CloudEvent is a record all the same: it has no envelope.
    """
    envelope, value = None, raw.value
    headers = {name: data for name, data in raw.headers if data is not None}
    try:
        message = KafkaMessage(headers=headers, key=None, value=raw.value or b"")
        event = from_kafka_event(message)
        envelope = _envelope(event, raw.timestamp)
        if not any(name.lower().startswith("ce_") for name in headers):  # structured mode
            value = json.dumps(event.get_data()).encode()
    except Exception:  # the library raises what json, dateutil and its own checks raise
        envelope = None
    timestamp = datetime.fromtimestamp(raw.timestamp / 1000, UTC)
    stored = Stored(raw.key, value, envelope, timestamp, own_headers(headers))
    return Record(topic, raw.partition, raw.offset, stored, published)


def topic_configs(options: TopicOptions) -> dict[str, str]:
    """The options under Kafka's own names; `None` is Kafka's -1, for ever."""
    return {
        name.replace("_", "."): str(-1 if value is None else value)
        for name, value in dataclasses.asdict(options).items()
    }


def _envelope(event: BaseCloudEvent, timestamp_ms: int) -> Envelope:
    # `time` is optional in CloudEvents; Kafka's own timestamp is the next best.
    time = event.get_time() or datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    return Envelope(
        id=event.get_id(),
        source=event.get_source(),
        type=event.get_type(),
        time=time.astimezone(UTC),
        subject=event.get_subject(),
        **{ours: event.get_extension(wire) for wire, ours in EXTENSIONS.items()},
    )
