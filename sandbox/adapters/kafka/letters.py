"""Topics of dead letters: which they are, where a letter came from, and its way back there.

Kafka itself knows no dead letters. Frameworks write them to a topic whose name says so
(`orders.DLT`, `orders-dlq`), with headers that say where they came from. A redrive puts
the bytes back into that topic. That a letter was redriven is noted where Kafka notes what is
done: in committed offsets, of a group that has no members. So every lab sees it, and
nothing is written into the topic of letters itself. Redriven letters may lie between
others that wait, so the numbers of those beyond the first open one go into the metadata.
"""

import re
from collections.abc import Iterable, Mapping

from kafka import KafkaAdminClient, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from sandbox.adapters.kafka.errors import in_our_words
from sandbox.adapters.kafka.producer import new_client
from sandbox.adapters.kafka.wire import to_wire
from sandbox.errors import UsageError
from sandbox.messages import Stored, partition_for
from sandbox.ports import ProducerOptions

REDRIVEN = "sandbox-lab.redriven"  # the group whose offsets say what is done
METADATA_MAX = 4_000  # a broker takes 4,096 bytes
SECONDS_MAX = 10
NAMED_SO = re.compile(r"(?:^|[._-])(?:dlq|dlt|dead[._-]?letters?)(?=$|[._-])", re.IGNORECASE)
ORIGIN = (  # headers with the topic that a letter came from: Spring, Kafka Connect, and by hand
    "kafka_dlt-original-topic",
    "kafka_original-topic",
    "__connect.errors.topic",
    "original-topic",
    "original_topic",
    "x-original-topic",
)
REASON = (
    "kafka_dlt-exception-message",
    "kafka_exception-message",
    "__connect.errors.exception.message",
    "reason",
    "error",
    "exception",
)
ABOUT_THE_FAILURE = re.compile(r"^(kafka_(dlt-|exception|original)|__connect\.errors\.|(x-)?original[-_])")
FROM = "redriven-from"  # the header that a letter goes back with

Place = tuple[str, int]


def are_dead_letters(topic: str) -> bool:
    """Does its name say so?"""
    return bool(NAMED_SO.search(topic))


def origin_of(record: ConsumerRecord, topics: Iterable[str], run: str | None = None) -> str | None:
    """The topic that a letter came from: its headers say so, else the name of its own topic.

    A header of this `run` may have the name that its program uses: `orders` for `orders.3fa2b1`.
    """
    said = _header(record, ORIGIN) or NAMED_SO.sub("", record.topic, count=1)
    there = set(topics) - {record.topic}
    return next((name for name in (said, f"{said}.{run}") if name in there), None)


def reason_of(record: ConsumerRecord) -> str:
    """Why it was put aside, where a header says so."""
    return _header(record, REASON) or "no header says why"


def _header(record: ConsumerRecord, names: Iterable[str]) -> str:
    found = {name: value.decode(errors="replace") for name, value in record.headers if value}
    return next((found[name] for name in names if name in found), "")


class Redrive:
    """Letters that go back, and the notes that they have."""

    def __init__(self, address: str, admin: KafkaAdminClient) -> None:
        self._address, self._admin = address, admin
        self._producer: KafkaProducer | None = None  # once something is redriven

    def done(self) -> dict[Place, "Done"]:
        """What was redriven, of each partition."""
        with in_our_words(self._address):
            # Asked for the offsets of a group that it has not, a new broker is at a loss for a while.
            if REDRIVEN not in {group["group_id"] for group in self._admin.list_groups()}:
                return {}
            offsets = self._admin.list_group_offsets({REDRIVEN: None}).get(REDRIVEN) or {}
        return {
            tuple(at): Done.parse(position.offset, position.metadata)
            for at, position in offsets.items()
            if position.offset >= 0
        }

    def letter(self, record: ConsumerRecord, topic: str, partitions: int) -> bool:
        """Publish a letter's bytes to `topic` again, then note it. False: it was redriven before.

        A crash between the two leaves the letter open, so that it may go back twice and never
        not at all; its id stays the same, and an inbox knows it by that.
        """
        at = (record.topic, record.partition)
        done = self.done().get(at) or Done(0)
        if record.offset in done:
            return False
        place = f"{record.topic}[{record.partition}]@{record.offset}"
        noted = done.with_offset(record.offset)
        if len(str(noted)) > METADATA_MAX:
            raise UsageError(
                f"{place}: too many letters before it still wait, so no note has room. "
                "Redrive the oldest first."
            )
        headers = [(name, value) for name, value in record.headers if not ABOUT_THE_FAILURE.match(name)]
        self.publish(topic, partitions, record.key, record.value, [*headers, (FROM, place.encode())])
        with in_our_words(self._address):
            position = OffsetAndMetadata(noted.before, str(noted), -1)
            self._admin.alter_group_offsets(REDRIVEN, {TopicPartition(*at): position})
        return True

    def stored(self, topic: str, partitions: int, stored: Stored, headers: Mapping[str, bytes]) -> None:
        """Publish what a database of dead letters has kept of a record, in its own envelope."""
        value, own = to_wire(stored.envelope, stored.value) if stored.envelope else (stored.value, [])
        self.publish(topic, partitions, stored.key, value, [*own, *stored.headers.items(), *headers.items()])

    def publish(
        self, topic: str, partitions: int, key: bytes | None, value: bytes | None, headers: list
    ) -> None:
        """Put bytes into a log, and wait for the broker's word that they are there."""
        with in_our_words(self._address):
            if self._producer is None:
                self._producer = new_client(self._address, ProducerOptions())
            number = None if key is None else partition_for(key, partitions)
            future = self._producer.send(topic, value, key=key, headers=headers, partition=number)
            future.get(timeout=SECONDS_MAX)

    def partitions(self, topic: str) -> int:
        """How many a topic has."""
        with in_our_words(self._address):
            return len(self._admin.describe_topics([topic])[0]["partitions"])

    def close(self) -> None:
        """Let go of the broker."""
        if self._producer:
            self._producer.close(timeout=1)


class Done:
    """Offsets of a partition: all those before one, and some beyond it. Prints as `7, 9-12`."""

    def __init__(self, before: int, beyond: Iterable[int] = ()) -> None:
        beyond = set(beyond)
        while before in beyond:
            beyond.remove(before)
            before += 1
        self.before, self.beyond = before, frozenset(beyond)

    def __contains__(self, offset: int) -> bool:
        return offset < self.before or offset in self.beyond

    def __str__(self) -> str:
        parts: list[list[int]] = []
        for offset in sorted(self.beyond):
            if parts and offset == parts[-1][1] + 1:
                parts[-1][1] = offset
            else:
                parts.append([offset, offset])
        return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)

    def with_offset(self, offset: int) -> "Done":
        """The same, with one offset more."""
        return Done(self.before, [*self.beyond, offset])

    @classmethod
    def parse(cls, before: int, text: str) -> "Done":
        """What was committed; what isn't ours in the metadata counts as nothing."""
        beyond: list[int] = []
        for part in filter(None, (part.strip() for part in (text or "").split(","))):
            first, _, last = part.partition("-")
            if not first.isdigit() or not (last or first).isdigit():
                return cls(before)
            beyond.extend(range(int(first), int(last or first) + 1))
        return cls(before, beyond)
