"""The bus and its consumers. Every bus keeps these promises.

The words are Kafka's: a topic is a set of partitions, a partition is an ordered log, a
group is a set of consumers that share one set of committed offsets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sandbox.clock import Clock
from sandbox.injection import Faults
from sandbox.messages import Command, Event, Key, Record, Stored
from sandbox.ports.consumer import Consumer
from sandbox.ports.producer import Producer
from sandbox.ports.queue import Queue
from sandbox.ports.topic import Topic, Topics
from sandbox.trace import Trace

Handler = Callable[[Record], object]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What `run` delivered: the number of records that each group handled."""

    handled: dict[str, int]

    @property
    def total(self) -> int:
        """All deliveries of the run, over all groups."""
        return sum(self.handled.values())

    def __repr__(self) -> str:
        if not self.handled:
            return "Nobody has subscribed, so nothing was delivered."
        groups = ", ".join(f"{group} {n}" for group, n in self.handled.items())
        return f"Delivered {self.total}: {groups}"


class Bus(Protocol):
    """Topics, and groups that read them."""

    trace: Trace
    clock: Clock

    faults: Faults

    def create_topic(self, name: str, partitions: int = 1, **options: object) -> Topic:
        """The topic of that name, made where it doesn't exist.

        The options are those of `TopicOptions`. Raises `TopicExists` where it has another
        number of partitions.
        """
        ...

    def add_partitions(self, topic: Topic | str, partitions: int) -> Topic:
        """Have the topic consist of `partitions`, more than before; its groups rebalance.

        From now on many keys go to another partition than before, while their older
        records stay where they are: the order of such a key is no longer kept.
        """
        ...

    def delete_records(self, topic: Topic | str, partition: int, before: int) -> None:
        """Forget all records of the partition before the offset `before`, for everyone."""
        ...

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
        """Append `event` to a partition of `topic` and return where it landed.

        Events with one key share a partition. Without a key, any partition. `source` is
        who says it; `cause` the record that led to it. Inside a handler both are known
        and need not be given. `headers` travel beside the envelope. `id` is for whoever
        publishes a message again: the same message has the same id. `None` for the event
        is a tombstone: compaction forgets its key. Raises `UnknownTopic`, `InvalidEvent`,
        `InvalidKey`, `InvalidHeader`, and `BrokerUnreachable` where no answer came.
        """
        ...

    def forward(self, topic: Topic | str, message: Stored, *, source: str | None = None) -> Record:
        """Append a message as it is: the same bytes, id, time, causes and headers.

        For whoever hands on what others have said, as a relay does; it need not know the
        message's class. `source` is who forwards it, in the trace. Raises as `publish` does.
        """
        ...

    def create_queue(self, name: str, **options: object) -> Queue:
        """The queue of that name, made where it doesn't exist; the options are those of `QueueOptions`.

        Raises `NotSupportedHere` on Kafka, which has logs and no queues.
        """
        ...

    def producer(self, **options: object) -> Producer:
        """A producer of one's own, with the options of `ProducerOptions`."""
        ...

    def consumer(self, topics: Topics, group: str, **options: object) -> Consumer:
        """A new member of `group`, which reads from the group's committed offsets.

        The options are those of `ConsumerOptions`. Where the group has committed nothing,
        or its position is no longer in the log, `auto_offset_reset` decides: `earliest`
        begins at the beginning (Kafka's own default is `latest`), `latest` with what comes
        from now on, `none` raises `OffsetOutOfRange`.
        """
        ...

    def subscribe(self, topics: Topics, group: str, handle: Handler, **options: object) -> None:
        """Have `run` deliver each record to `handle`, and then commit it.

        The options are those of `consumer`.
        """
        ...

    def run(self) -> RunResult:
        """Deliver until nothing is waiting for any subscription.

        An exception of a handler comes out here; its record stays uncommitted and is
        delivered again by the next `run`. A consumer that a fault has crashed is started
        again. Raises `RunDidNotEnd` at a limit.
        """
        ...

    def lag(self, group: str) -> int:
        """How many offsets the group has yet to commit, over the topics that it reads.

        That is how many records, where the log has no gaps.
        """
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...
