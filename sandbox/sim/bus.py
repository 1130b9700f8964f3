"""The simulated bus: topics, groups and a seed.

It keeps every promise of `sandbox.ports.Bus` and shuffles, by the seed, whatever those
promises leave open, so that no one comes to rely on it.
"""

from collections.abc import Mapping
from random import Random

from sandbox.clock import VirtualClock
from sandbox.delivery import Subscription, author_and_cause, run_until_idle
from sandbox.errors import TopicExists, UnknownTopic
from sandbox.messages import Command, Event, Key, Record, partition_for
from sandbox.messages.envelope import seal
from sandbox.messages.event import check_is_payload
from sandbox.messages.headers import headers_to_bytes
from sandbox.messages.keys import key_to_bytes
from sandbox.ports import Handler, Reset, RunResult, Topic, check_reset, check_topic
from sandbox.sim.consumer import SimulatedConsumer
from sandbox.sim.group import Group
from sandbox.sim.log import Entry, Log
from sandbox.trace import Trace

PUBLISH_MS = 1  # virtual time that one publish takes, so that no two share a time


class SimulatedBus:
    """A bus inside this process; see `sandbox.ports.Bus` for what its methods promise."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.clock = VirtualClock()
        self.trace = Trace()
        self._logs: dict[str, Log] = {}
        self._topics: dict[str, Topic] = {}
        self._groups: dict[str, Group] = {}
        self._subscriptions: list[Subscription] = []
        self._published_types: dict[str, type] = {}
        self._published = 0

    def __repr__(self) -> str:
        return f"The simulated bus, inside this notebook (seed {self.seed})"

    def create_topic(self, name: str, partitions: int = 1) -> Topic:
        topic = check_topic(name, partitions)
        known = self._topics.setdefault(name, topic)
        if known != topic:
            raise TopicExists(f"{known!r} exists already, and you ask for {partitions}. Choose another name.")
        self._logs.setdefault(name, Log(name, partitions, self._published_types))
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
        self._published_types[event.type_name] = type(event)
        self.clock.advance(PUBLISH_MS)
        envelope = seal(
            event.type_name,
            new_id=self._next_id,
            source=source,
            time=self.clock.now(),
            subject=subject,
            cause=cause.envelope if cause else None,
        )
        if key_bytes is None:
            partition = self.random.randrange(known.partitions)
        else:
            partition = partition_for(key_bytes, known.partitions)
        record = self.log(known.name).append(partition, Entry(key_bytes, value, envelope, envelope.time, own))
        self.trace.record(source, "publish", record.place, repr(event))
        return record

    def consumer(
        self, topic: Topic | str, group: str, *, auto_offset_reset: Reset = "earliest"
    ) -> SimulatedConsumer:
        known = self._known(topic)
        check_reset(auto_offset_reset)
        members = self._groups.setdefault(group, Group(group, self.random))
        return SimulatedConsumer(self, members, known, auto_offset_reset)

    def subscribe(self, topic: Topic | str, group: str, handle: Handler) -> None:
        self._subscriptions.append(Subscription(self.consumer(topic, group), handle, group))

    def run(self) -> RunResult:
        return run_until_idle(
            self._subscriptions, trace=self.trace, lag=self.lag, shuffle=self.random.shuffle
        )

    def lag(self, group: str) -> int:
        members = self._groups.get(group)
        if members is None:
            return 0
        return sum(
            self.log(topic).end_offset(number) - members.committed.get((topic, number), 0)
            for topic, partitions in members.topics.items()
            for number in range(partitions)
        )

    def close(self) -> None:
        """Nothing to let go of: the bus is gone with the process."""

    def log(self, topic: str) -> Log:
        """The log of `topic`, for those who read it."""
        return self._logs[topic]

    def _next_id(self) -> str:
        self._published += 1
        return f"evt-{self._published}"

    def _known(self, topic: Topic | str) -> Topic:
        name = topic.name if isinstance(topic, Topic) else topic
        if name not in self._topics:
            known = ", ".join(sorted(self._topics)) or "none yet"
            raise UnknownTopic(
                f"there is no topic {name!r}; there are: {known}. Make it: bus.create_topic({name!r})."
            )
        return self._topics[name]
