"""The simulated bus: topics, groups and a seed.

It keeps every promise of `sandbox.ports.Bus` and shuffles, by the seed, whatever those
promises leave open, so that no one comes to rely on it.
"""

from collections.abc import Mapping
from random import Random

from msgspec.structs import replace

from sandbox import refusals
from sandbox.clock import VirtualClock
from sandbox.delivery import Subscription, Surroundings, author_and_cause, run_until_idle, serve_once
from sandbox.errors import UsageError
from sandbox.injection import Faults
from sandbox.messages import Command, Event, Key, Record, Stored
from sandbox.messages.envelope import Envelope, seal
from sandbox.messages.event import Payload, Published, check_is_payload
from sandbox.messages.headers import headers_to_bytes
from sandbox.messages.record import NO_HEADERS, readable
from sandbox.ports import (
    ConsumerOptions,
    Handler,
    ProducerOptions,
    QueueOptions,
    RunResult,
    Topic,
    TopicOptions,
    TopicPartition,
    Topics,
    check_key,
    check_topic,
    topic_names,
)
from sandbox.sim.consumer import SimulatedConsumer
from sandbox.sim.effects import SimulatedEffects
from sandbox.sim.group import Group
from sandbox.sim.partition import Partition
from sandbox.sim.producer import SimulatedProducer
from sandbox.sim.queue import SimulatedQueue
from sandbox.sim.topic import Log
from sandbox.sim.transactions import Coordinator
from sandbox.trace import Raw, Trace


class SimulatedBus:
    """A bus inside this process; see `sandbox.ports.Bus` for what its methods promise."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.clock = VirtualClock()
        self.trace = Trace()
        self.faults = Faults(SimulatedEffects(self), self.trace, seed, why_not={})
        self.groups: dict[str, Group] = {}
        self.transactions = Coordinator(self)
        self._logs: dict[str, Log] = {}
        self._queues: dict[str, SimulatedQueue] = {}
        self._subscriptions: list[Subscription] = []
        self._published_classes = Published()
        self._latest_class: type | None = None  # of what was published
        self._published = 0

    def __repr__(self) -> str:
        return f"The simulated bus, inside this notebook (seed {self.seed})"

    def create_topic(self, name: str, partitions: int = 1, **options: object) -> Topic:
        topic, wanted = check_topic(name, partitions), TopicOptions.of(options)
        log = self._logs.get(name)
        if log is None:
            log = self._logs[name] = Log(topic, wanted, self._published_classes)
        if log.topic != topic or log.options != wanted:
            raise refusals.topic_exists(log.topic, topic)
        return log.topic

    def add_partitions(self, topic: Topic | str, partitions: int) -> Topic:
        log = self._known(topic)
        if not isinstance(partitions, int) or partitions <= log.topic.partitions:
            raise refusals.no_growth(log.topic, partitions)
        log.grow(check_topic(log.topic.name, partitions))
        for group in self.groups.values():
            if log.topic.name in group.topics:
                group.rebalance()
        return log.topic

    def delete_records(self, topic: Topic | str, partition: int, before: int) -> None:
        found = self.partition((self._known(topic).topic.name, partition))
        if not found.start <= before <= found.end:
            raise refusals.not_deletable(found.place, found.start, found.end, before)
        found.delete_before(before)

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
        if self.faults.armed:
            what = (topic, event, key, source, subject, cause, headers, id)
            return self._publish_under_faults(author_and_cause(source, cause)[0], *what)
        author, partition, stored = self.prepare(topic, event, key, source, subject, cause, headers, id)
        return self.append(author, partition, stored)

    def _publish_under_faults(self, author: str, *what: object) -> Record:
        """A function of its own: the lambda would make all that `publish` is given cost more."""
        return self.faults.step(author, "publish", lambda: self.append(*self.prepare(*what)), what[1])

    def forward(self, topic: Topic | str, message: Stored, *, source: str | None = None) -> Record:
        log = self._known(topic)
        author, _ = author_and_cause(source, None)

        def request() -> Record:
            number = self._route(log, message.key, message.value)[1]
            return self.append(author, log.partitions[number], replace(message, timestamp=self.clock.tick()))

        event = readable(message, self._published_classes) if self.faults.asks_for_events else None
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
    ) -> tuple[str, Partition, Stored]:
        """Who says it, where it goes, and what the log will keep."""
        log = self._logs.get(topic.name if isinstance(topic, Topic) else topic) or self._known(topic)
        author, cause = author_and_cause(source, cause)
        now = self.clock.tick()
        if self.faults.skew_ms:
            now = self.faults.skewed(author, now)
        value = envelope = None
        if event is not None:
            if not isinstance(event, Payload):
                check_is_payload(event)
            value = event.to_json()
            if type(event) is not self._latest_class:
                self._know(type(event))
            self._published += 1
            id = id or f"evt-{self._published}"
            if cause is None:  # as most events; `seal` would say the same
                envelope = Envelope(id, author, event.type_name, now, subject, id)
            else:
                envelope = seal(event.type_name, id, author, now, subject, cause.stored.envelope)
        key_bytes, number = self._route(log, None, event) if key is None else log.route(key)
        own = headers_to_bytes(headers) if headers else NO_HEADERS
        return author, log.partitions[number], Stored(key_bytes, value, envelope, now, own)

    def _route(self, log: Log, key: Key, content: object) -> tuple[bytes | None, int]:
        """The key as it travels, and its partition. Raises `InvalidKey`."""
        if key is not None:
            return log.route(key)
        check_key(None, content, log.topic.name, log.options)
        return None, self.random.randrange(log.topic.partitions)

    def append(self, author: str, partition: Partition, stored: Stored) -> Record:
        """Put what was prepared into the log."""
        record = partition.append(stored)
        self.trace.step(Raw(author, "publish", partition.topic, partition.number, record.offset, record))
        return record

    def next_id(self, cls: type) -> str:
        """The id of the next event, whose class this bus knows from now on."""
        self._know(cls)
        self._published += 1
        return f"evt-{self._published}"

    def _know(self, cls: type) -> None:
        """Objects of this class are published here."""
        self._latest_class = cls
        if self._published_classes.of.get(cls.type_name) is not cls:
            self._published_classes.add(cls)

    def read(self, type_name: str, data: bytes) -> Event | Command:
        """The event that was written as `data`. Raises `UnreadableRecord`."""
        return self._published_classes.read(type_name, data)

    def create_queue(self, name: str, **options: object) -> SimulatedQueue:
        check_topic(name, 1)
        wanted = QueueOptions.of(options)
        known = self._queues.get(name)
        if known is not None and (known.options == wanted or not options):
            return known
        if known is not None:
            raise UsageError(f"there is a queue {name!r} with other options. Choose another name.")
        dead = self.create_queue(wanted.dead_letters) if wanted.dead_letters else None
        self._queues[name] = SimulatedQueue(self, name, wanted, dead)
        return self._queues[name]

    def producer(self, **options: object) -> SimulatedProducer:
        return SimulatedProducer(self, ProducerOptions.of(options))

    def consumer(self, topics: Topics, group: str, **options: object) -> SimulatedConsumer:
        names = tuple(self._known(name).topic.name for name in topic_names(topics))
        wanted = ConsumerOptions.of(options)
        members = self.groups.get(group)
        if members is None:
            members = self.groups[group] = Group(check_topic(group, 1).name, self)
        return SimulatedConsumer(self, members, names, wanted)

    def subscribe(self, topics: Topics, group: str, handle: Handler, **options: object) -> None:
        def open_one() -> SimulatedConsumer:
            consumer = self.consumer(topics, group, **options)
            consumer.served = True
            return consumer

        self._subscriptions.append(Subscription(open_one, handle, group))

    def run(self) -> RunResult:
        return run_until_idle(
            self._subscriptions,
            Surroundings(self.trace, self.faults, self.lag, self.random.shuffle, self._wait),
        )

    def beat(self, records: int = 1, downtime: int = 0) -> bool:
        """A small part of `run`: every subscription's turn once, with so many records at most.

        Who crashes is started again `downtime` beats later. Says whether it found anything to do.
        """
        shuffle = self.random.shuffle
        bus = Surroundings(
            self.trace, self.faults, self.lag, shuffle, self._wait, batch=records, downtime=downtime
        )
        handled = {subscription.group: 0 for subscription in self._subscriptions}
        found, answered, _ = serve_once(self._subscriptions, handled, bus)
        return bool(found or not answered or self.faults.release_late())

    def join(self, group: str) -> str:
        """Subscribe one more member of `group`, with its handler; return the member's name."""
        first = next((served for served in self._subscriptions if served.group == group), None)
        if first is None:
            raise UsageError(f"nobody has subscribed for the group {group!r}, so there is no handler to add.")
        self._subscriptions.append(Subscription(first.open, first.handle, group))
        return self._subscriptions[-1].consumer.name

    def lag(self, group: str) -> int:
        return self.groups[group].lag() if group in self.groups else 0

    def close(self) -> None:
        """Nothing to let go of: the bus is gone with the process."""

    @property
    def topics(self) -> list[Topic]:
        """All topics, in the order in which they were made."""
        return [log.topic for log in self._logs.values()]

    def end_of(self, at: TopicPartition) -> int:
        """The offset that the partition's next record gets."""
        return self._logs[at[0]].partitions[at[1]].end

    def partitions(self, topic: str) -> list[Partition]:
        """The partitions of `topic`, cleaned as of now."""
        log = self._logs[topic]
        if log.options.forgets:
            log.clean(self.clock.now())
        return log.partitions

    def partition(self, at: TopicPartition) -> Partition:
        """One partition, cleaned as of now. Raises `UsageError` where there is none."""
        topic, number = at
        partitions = self.partitions(topic)
        if not 0 <= number < len(partitions):
            raise refusals.no_partition(self._logs[topic].topic, number)
        return partitions[number]

    def _wait(self) -> bool:
        """Let time pass, where that brings a record nearer; say whether it does."""
        held = any(part.held or part.unstable for log in self._logs.values() for part in log.partitions)
        moments = [self.clock.next_timer] if held and self.clock.next_timer else []
        moments += [group.deadline for group in self.groups.values() if group.waiting]
        if not moments:
            return False
        self.clock.advance_to(min(moments))
        for group in self.groups.values():
            group.expire()
        return True

    def _known(self, topic: Topic | str) -> Log:
        name = topic.name if isinstance(topic, Topic) else topic
        log = self._logs.get(name)
        if log is None:
            raise refusals.unknown_topic(name, self._logs)
        return log
