"""The bus on a real broker. What a learner names `orders` is `orders.<run>` over there."""

import atexit
import contextlib
import weakref
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import TopicAlreadyExistsError
from uuid6 import uuid7

from sandbox.adapters.kafka.consumer import KafkaMember
from sandbox.adapters.kafka.errors import CONNECT_SECONDS, check_port, in_our_words
from sandbox.adapters.kafka.groups import Groups
from sandbox.adapters.kafka.wire import to_wire
from sandbox.clock import WallClock
from sandbox.delivery import Subscription, author_and_cause, run_until_idle
from sandbox.errors import TopicExists, UnknownTopic
from sandbox.messages import Command, Event, Key, Record, partition_for
from sandbox.messages.envelope import seal
from sandbox.messages.event import check_is_payload
from sandbox.messages.headers import headers_to_bytes
from sandbox.messages.keys import key_from_bytes, key_to_bytes
from sandbox.ports import Handler, Reset, RunResult, Topic, check_reset, check_topic
from sandbox.trace import Trace

ACK_SECONDS = 10


class KafkaBus:
    """See `sandbox.ports.Bus`; made by `sandbox.connect("kafka://host:port")`."""

    def __init__(self, address: str, run: str | None = None) -> None:
        self.address = address
        self.run_name = check_topic(run, 1).name if run else uuid4().hex[:6]
        self.clock = WallClock()
        self.trace = Trace()
        self.published_types: dict[str, type] = {}
        self._topics: dict[str, Topic] = {}
        self._subscriptions: list[Subscription] = []
        self._read_by: dict[str, set[Topic]] = {}  # the topics that each group reads
        check_port(address)
        with in_our_words(address):
            patience = {"bootstrap_timeout_ms": int(CONNECT_SECONDS * 1000)}
            self._admin = KafkaAdminClient(bootstrap_servers=address, **patience)
            self._producer = KafkaProducer(bootstrap_servers=address, acks="all", linger_ms=0, **patience)
        self._groups = Groups(address)
        _open.add(self)

    def __repr__(self) -> str:
        return f"Apache Kafka at {self.address} (run {self.run_name})"

    def physical(self, name: str) -> str:
        """What a topic or group of this run is called on the broker."""
        return f"{name}.{self.run_name}"

    def create_topic(self, name: str, partitions: int = 1) -> Topic:
        topic = check_topic(name, partitions)
        known = self._topics.get(name)
        if known is None:
            spec = {self.physical(name): {"num_partitions": partitions, "replication_factor": 1}}
            with in_our_words(self.address):
                try:
                    self._admin.create_topics(spec, wait_for_metadata=True)
                    known = topic
                except TopicAlreadyExistsError:  # of an earlier session of this run
                    known = Topic(name, self._partitions_there(name))
            self._topics[name] = known
        if known != topic:
            raise TopicExists(f"{known!r} exists already, and you ask for {partitions}. Choose another name.")
        return known

    def publish(
        self,
        topic: Topic | str,
        event: Event | Command,
        key: Key = None,
        *,
        source: str | None = None,
        subject: str | None = None,
        cause: Record | None = None,
        headers: Mapping[str, str | bytes] | None = None,
    ) -> Record:
        known = self._known(topic)
        check_is_payload(event)
        value, key_bytes, own = event.to_json(), key_to_bytes(key), headers_to_bytes(headers)
        source, cause = author_and_cause(source, cause)
        self.published_types[event.type_name] = type(event)
        envelope = seal(
            event.type_name,
            new_id=lambda: str(uuid7()),
            source=source,
            time=self.clock.now(),
            subject=subject,
            cause=cause.envelope if cause else None,
        )
        partition = None if key_bytes is None else partition_for(key_bytes, known.partitions)
        data, envelope_headers = to_wire(envelope, value)
        with in_our_words(self.address):
            landed = self._producer.send(
                self.physical(known.name),
                data,
                key=key_bytes,
                headers=[*envelope_headers, *own.items()],
                partition=partition,
                timestamp_ms=int(envelope.time.timestamp() * 1000),
            ).get(timeout=ACK_SECONDS)
        record = Record(
            topic=known.name,
            partition=landed.partition,
            offset=landed.offset,
            key=key_from_bytes(key_bytes),
            value=value,
            envelope=envelope,
            published=self.published_types,
            timestamp=datetime.fromtimestamp(landed.timestamp / 1000, UTC),
            headers=own,
        )
        self.trace.record(source, "publish", record.place, repr(event))
        return record

    def consumer(
        self, topic: Topic | str, group: str, *, auto_offset_reset: Reset = "earliest"
    ) -> KafkaMember:
        known = self._known(topic)
        check_reset(auto_offset_reset)
        check_topic(group, 1)
        name = self._groups.free_name(group)
        self.trace.add_actor(name)
        self._read_by.setdefault(group, set()).add(known)
        member = KafkaMember(self, group, name, known, auto_offset_reset)
        self._groups.joined(member)
        return member

    def left(self, member: KafkaMember) -> None:
        """A member has closed or crashed; see to its group."""
        self._groups.left(member)

    def subscribe(self, topic: Topic | str, group: str, handle: Handler) -> None:
        self._subscriptions.append(Subscription(self.consumer(topic, group), handle, group))

    def run(self) -> RunResult:
        return run_until_idle(self._subscriptions, trace=self.trace, lag=self.lag)

    def lag(self, group: str) -> int:
        topics = self._read_by.get(group, set())
        with in_our_words(self.address):
            if not topics:
                return 0
            offsets = self._admin.list_group_offsets(self.physical(group))[self.physical(group)]
            committed = {at: position.offset for at, position in offsets.items()}
            places = [
                TopicPartition(self.physical(topic.name), number)
                for topic in topics
                for number in range(topic.partitions)
            ]
            ends = self._admin.list_partition_offsets({at: OffsetSpec.LATEST for at in places})
            return sum(ends[at].offset - committed.get(at, 0) for at in places)

    def close(self) -> None:
        """Leave all groups and close all connections. What was published stays."""
        _open.discard(self)
        self._groups.clear()
        self._producer.close(timeout=2)
        self._admin.close()

    def _partitions_there(self, name: str) -> int:
        return len(self._admin.describe_topics([self.physical(name)])[0]["partitions"])

    def _known(self, topic: Topic | str) -> Topic:
        name = topic.name if isinstance(topic, Topic) else topic
        if name not in self._topics:
            known = ", ".join(sorted(self._topics)) or "none yet"
            raise UnknownTopic(
                f"there is no topic {name!r}; there are: {known}. Make it: bus.create_topic({name!r})."
            )
        return self._topics[name]


_open: "weakref.WeakSet[KafkaBus]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Leave the groups of every bus that was forgotten open."""
    for bus in list(_open):
        with contextlib.suppress(Exception):  # the broker may be gone already
            bus.close()
