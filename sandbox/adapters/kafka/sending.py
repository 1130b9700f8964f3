"""From what the log shall keep to kafka-python's producer, and from its answer to a record."""

from datetime import UTC, datetime

from kafka import KafkaProducer
from kafka.producer.future import FutureRecordMetadata

from sandbox.adapters.kafka.errors import ANSWER_MS
from sandbox.adapters.kafka.wire import to_wire
from sandbox.messages import Record
from sandbox.messages.event import Published
from sandbox.messages.record import Stored


def start(client: KafkaProducer, topic: str, partition: int | None, stored: Stored) -> FutureRecordMetadata:
    """Give a record to the client, which sends it in a batch; `topic` by the broker's name."""
    value, envelope = stored.value, stored.envelope
    data, envelope_headers = to_wire(envelope, value) if envelope else (value, [])
    return client.send(
        topic,
        data,
        key=stored.key,
        headers=[*envelope_headers, *stored.headers.items()],
        partition=partition,
        timestamp_ms=int(stored.timestamp.timestamp() * 1000),
    )


def landed(topic: str, stored: Stored, future: FutureRecordMetadata, published: Published) -> Record:
    """Wait until it has arrived; the record under the learner's name for its topic."""
    place = future.get(timeout=ANSWER_MS / 1000)
    timestamp = datetime.fromtimestamp(place.timestamp / 1000, UTC)
    kept = Stored(stored.key, stored.value, stored.envelope, timestamp, stored.headers)
    return Record(topic, place.partition, place.offset, kept, published)
