"""The bus on a real broker. What a learner names `orders` is `orders.<run>` over there."""

import atexit
import contextlib
import weakref
from collections.abc import Iterable, Mapping
from uuid import uuid4

from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import TopicAlreadyExistsError
from msgspec.structs import replace
from uuid6 import uuid7

from sandbox import refusals
from sandbox.adapters.kafka.consumer import KafkaMember
from sandbox.adapters.kafka.effects import DELAY_MAX_MS, WHY_NOT, KafkaEffects
from sandbox.adapters.kafka.errors import ANSWER_MS, CONNECT_SECONDS, check_port, in_our_words
from sandbox.adapters.kafka.groups import Groups
from sandbox.adapters.kafka.producer import OwnProducer, new_client, see_partitions
from sandbox.adapters.kafka.sending import landed, start
from sandbox.adapters.kafka.wire import topic_configs
from sandbox.clock import WallClock
from sandbox.delivery import Subscription, Surroundings, author_and_cause, run_until_idle
from sandbox.errors import NotSupportedHere
from sandbox.injection import Faults
from sandbox.messages import Command, Event, Key, Record, Stored, partition_for
from sandbox.messages.envelope import seal
from sandbox.messages.event import Published, check_is_payload
from sandbox.messages.headers import headers_to_bytes
from sandbox.messages.keys import key_to_bytes
from sandbox.messages.record import readable
from sandbox.ports import (
    ConsumerOptions,
    Handler,
    ProducerOptions,
    Queue,
    RunResult,
    Topic,
    TopicOptions,
    Topics,
    check_key,
    check_topic,
    topic_names,
)
from sandbox.trace import Raw, Trace


class KafkaBus:
    """See `sandbox.ports.Bus`; made by `sandbox.connect("kafka://host:port")`.

    `shared`: its groups have members in other processes, too. Then nobody here can say
    when all partitions have a reader, and each member has to be polled again and again.
    """

    def __init__(self, address: str, run: str | None = None, *, shared: bool = False) -> None:
        self.address = address
        self.run_name = check_topic(run, 1).name if run else uuid4().hex[:6]
        self.clock = WallClock()
        self.trace = Trace()
        self.published_classes = Published()
        self.effects = KafkaEffects(self)
        self.faults = Faults(self.effects, self.trace, seed=0, why_not=WHY_NOT, delay_max_ms=DELAY_MAX_MS)
        self._topics: dict[str, Topic] = {}
        self._options: dict[str, TopicOptions] = {}
        self._producers: list[OwnProducer] = []
        self._subscriptions: list[Subscription] = []
        self._read_by: dict[str, set[str]] = {}  # the topics that each group reads
        check_port(address)
        with in_our_words(address):
            patience = {"bootstrap_timeout_ms": int(CONNECT_SECONDS * 1000), "request_timeout_ms": ANSWER_MS}
            self.admin = KafkaAdminClient(bootstrap_servers=address, **patience)
            self._producer = new_client(address, ProducerOptions())
        self.groups = Groups(address, lambda topic: self._topics[topic].partitions, shared)
        _open.add(self)

    def __repr__(self) -> str:
        return f"Apache Kafka at {self.address} (run {self.run_name})"

    def physical(self, name: str) -> str:
        """What a topic or group of this run is called on the broker."""
        return f"{name}.{self.run_name}"

    def logical(self, physical: str) -> str:
        """What the learner calls a topic or group of this run."""
        return physical.removesuffix(f".{self.run_name}")

    def create_topic(self, name: str, partitions: int = 1, **options: object) -> Topic:
        topic, wanted = check_topic(name, partitions), TopicOptions.of(options)
        known = self._topics.get(name)
        if known is None:
            spec = {"num_partitions": partitions, "replication_factor": 1, "configs": topic_configs(wanted)}
            with in_our_words(self.address):
                try:
                    self.admin.create_topics({self.physical(name): spec}, wait_for_metadata=True)
                    known = topic
                except TopicAlreadyExistsError:  # of an earlier session of this run, or just now of another
                    self.admin.wait_for_topics([self.physical(name)])
                    known = Topic(name, self._partitions_there(name))
            self._topics[name], self._options[name] = known, wanted
        if known != topic or self._options[name] != wanted:
            raise refusals.topic_exists(known, topic)
        return known

    def add_partitions(self, topic: Topic | str, partitions: int) -> Topic:
        known = self._known(topic)
        if not isinstance(partitions, int) or partitions <= known.partitions:
            raise refusals.no_growth(known, partitions)
        with in_our_words(self.address):
            self.admin.create_partitions({self.physical(known.name): partitions})
            self.admin.wait_for_topics([self.physical(known.name)])
        self._topics[known.name] = check_topic(known.name, partitions)
        for client in [self._producer, *(producer.client for producer in self._producers)]:
            see_partitions(client, self.physical(known.name), partitions)
        self.groups.grown(known.name)
        return self._topics[known.name]

    def delete_records(self, topic: Topic | str, partition: int, before: int) -> None:
        known = self._known(topic)
        if not 0 <= partition < known.partitions:
            raise refusals.no_partition(known, partition)
        at = TopicPartition(self.physical(known.name), partition)
        with in_our_words(self.address):
            start = self.admin.list_partition_offsets({at: OffsetSpec.EARLIEST})[at].offset
            end = self.admin.list_partition_offsets({at: OffsetSpec.LATEST})[at].offset
        if not start <= before <= end:
            raise refusals.not_deletable((known.name, partition), start, end, before)
        with in_our_words(self.address):
            self.admin.delete_records({at: before})

    def publish(
        self,
        topic: Topic | str,
        event: Event | Command | None,
        key: Key = None,
        *,
        source: str | None = None,
        subject: str | None = None,
        cause: Record | None = None,
        headers: Mapping[str, str | bytes] | None = None,
        id: str | None = None,
    ) -> Record:
        def request() -> Record:
            author, name, number, stored = self.prepare(
                topic, event, key, source, subject, cause, headers, id
            )
            with in_our_words(self.address):
                return self.note(author, self.send(name, number, stored))

        if self.faults.armed:
            return self.faults.step(author_and_cause(source, cause)[0], "publish", request, event)
        return request()

    def forward(self, topic: Topic | str, message: Stored, *, source: str | None = None) -> Record:
        known = self._known(topic)
        author, _ = author_and_cause(source, None)
        check_key(message.key, message.value, known.name, self._options[known.name])
        number = None if message.key is None else partition_for(message.key, known.partitions)

        def request() -> Record:
            with in_our_words(self.address):
                stored = replace(message, timestamp=self.clock.now())
                return self.note(author, self.send(known.name, number, stored))

        event = readable(message, self.published_classes) if self.faults.asks_for_events else None
        return self.faults.step(author, "publish", request, event) if self.faults.armed else request()

    def prepare(
        self,
        topic: Topic | str,
        event: Event | Command | None,
        key: Key,
        source: str | None,
        subject: str | None,
        cause: Record | None,
        headers: Mapping[str, str | bytes] | None,
        id: str | None = None,
    ) -> tuple[str, str, int | None, Stored]:
        """Who says it, the topic and the partition (`None`: any), and what travels."""
        known = self._known(topic)
        author, cause = author_and_cause(source, cause)
        key_bytes, now = key_to_bytes(key), self.faults.skewed(author, self.clock.now())
        check_key(key_bytes, event, known.name, self._options[known.name])
        value, envelope = None, None
        if event is not None:
            check_is_payload(event)
            value = event.to_json()
            self.published_classes.add(type(event))
            parent = cause.stored.envelope if cause is not None else None
            envelope = seal(event.type_name, id or str(uuid7()), author, now, subject, parent)
        number = None if key_bytes is None else partition_for(key_bytes, known.partitions)
        return author, known.name, number, Stored(key_bytes, value, envelope, now, headers_to_bytes(headers))

    def send(
        self, topic: str, partition: int | None, stored: Stored, client: KafkaProducer | None = None
    ) -> Record:
        """Put what was prepared into the log."""
        future = start(client or self._producer, self.physical(topic), partition, stored)
        return landed(topic, stored, future, self.published_classes)

    def note(self, author: str, record: Record) -> Record:
        """Write a publication into the trace."""
        self.trace.step(Raw(author, "publish", record.topic, record.partition, record.offset, record))
        return record

    def create_queue(self, name: str, **options: object) -> Queue:
        raise NotSupportedHere(
            f"Kafka keeps logs, so there is no queue {name!r}: nothing is taken out, and nobody acks a "
            "single message. The simulated bus has queues: connect('sim://')."
        )

    def producer(self, **options: object) -> OwnProducer:
        producer = OwnProducer(self, ProducerOptions.of(options))
        self._producers.append(producer)
        return producer

    def consumer(self, topics: Topics, group: str, **options: object) -> KafkaMember:
        names = tuple(self._known(name).name for name in topic_names(topics))
        wanted = ConsumerOptions.of(options)
        check_topic(group, 1)
        name = self.groups.name_for(group, wanted)
        self.trace.add_actor(name)
        self._read_by.setdefault(group, set()).update(names)
        member = KafkaMember(self, group, name, names, wanted)
        self.groups.joined(member)
        return member

    def left(self, member: KafkaMember) -> None:
        """A member has closed or crashed; see to its group."""
        self.groups.left(member)

    def subscribe(self, topics: Topics, group: str, handle: Handler, **options: object) -> None:
        self._subscriptions.append(
            Subscription(lambda: self.consumer(topics, group, **options), handle, group)
        )

    def run(self) -> RunResult:
        surroundings = Surroundings(self.trace, self.faults, self.lag, wait=self.effects.wait)
        return run_until_idle(self._subscriptions, surroundings)

    def lag(self, group: str) -> int:
        topics = self._read_by.get(group, set())
        if not topics:
            return 0
        with in_our_words(self.address):
            offsets = self.admin.list_group_offsets(self.physical(group))[self.physical(group)]
            committed = {at: position.offset for at, position in offsets.items()}
            places = [
                TopicPartition(self.physical(topic), number)
                for topic in topics
                for number in range(self._topics[topic].partitions)
            ]
            starts = self.admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
            ends = self.ends(places)
        return sum(ends[at] - max(committed.get(at, 0), starts[at].offset) for at in places)

    def ends(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The offsets that their next records get."""
        asked = dict.fromkeys(partitions, OffsetSpec.LATEST)
        with in_our_words(self.address):
            return {at: end.offset for at, end in self.admin.list_partition_offsets(asked).items()}

    def close(self) -> None:
        """Leave all groups and close all connections. What was published stays."""
        _open.discard(self)
        self.groups.clear()
        for producer in self._producers:
            producer.close()
        self._producer.close(timeout=2)
        self.admin.close()

    def _partitions_there(self, name: str) -> int:
        return len(self.admin.describe_topics([self.physical(name)])[0]["partitions"])

    def _known(self, topic: Topic | str) -> Topic:
        name = topic.name if isinstance(topic, Topic) else topic
        if name not in self._topics:
            raise refusals.unknown_topic(name, self._topics)
        return self._topics[name]


_open: "weakref.WeakSet[KafkaBus]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """Leave the groups of every bus that was forgotten open."""
    for bus in list(_open):
        with contextlib.suppress(Exception):  # the broker may be gone already
            bus.close()
