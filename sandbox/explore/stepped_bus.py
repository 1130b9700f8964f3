"""A process's view of the bus and of its consumers: the same calls, and each of them is a step."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

from sandbox.clock import Clock
from sandbox.delivery import Subscription, Surroundings, run_until_idle
from sandbox.errors import NotSupportedHere
from sandbox.injection import Faults
from sandbox.messages import Command, Event, Key, Record
from sandbox.ports import Assignment, Handler, RunResult, Topic, TopicPartition, Topics
from sandbox.sim import SimulatedBus
from sandbox.sim.consumer import SimulatedConsumer

if TYPE_CHECKING:
    from sandbox.explore.process import Process


class SteppedBus:
    """A bus; see `sandbox.ports.Bus`. Actions: `publish`, and those of its consumers."""

    __slots__ = ("_bus", "_process")

    def __init__(self, bus: SimulatedBus, process: "Process") -> None:
        self._bus, self._process = bus, process

    def __repr__(self) -> str:
        return f"The bus, as {self._process.name} sees it"

    def __getattr__(self, name: str) -> object:
        raise NotSupportedHere(f"the bus of an exercise can't do {name!r}: publish, read or subscribe.")

    @property
    def clock(self) -> Clock:
        """The clock of this process's machine."""
        return self._process.clock

    def create_topic(self, name: str, partitions: int = 1, **options: object) -> Topic:
        return self._bus.create_topic(name, partitions, **options)

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
        bus, author = self._bus, source or self._process.name

        def publish() -> Record:
            return bus.publish(
                topic, event, key, source=author, subject=subject, cause=cause, headers=headers, id=id
            )

        return self._process.step("publish", publish)

    def consumer(self, topics: Topics, group: str, **options: object) -> "SteppedConsumer":
        return self._process.step("join", self._open, topics, group, options, quiet=True)

    def subscribe(self, topics: Topics, group: str, handle: Handler, **options: object) -> None:
        def open_one() -> SteppedConsumer:
            return self.consumer(topics, group, **options)

        self._process.subscriptions.append(Subscription(open_one, handle, group))

    def run(self) -> RunResult:
        bus = self._bus
        no_faults = Faults(None, bus.trace, 0, {})  # those of the plan strike the steps
        surroundings = Surroundings(bus.trace, no_faults, bus.lag, bus.random.shuffle)
        return run_until_idle(self._process.subscriptions, surroundings)

    def lag(self, group: str) -> int:
        return self._bus.lag(group)

    def _open(self, topics: Topics, group: str, options: dict[str, object]) -> "SteppedConsumer":
        if told := [name for name in options if name.startswith("on_")]:
            why = f"{told[0]} is not called in an exercise: ask consumer.assignment after each poll."
            self._process.cannot_tell(why)
            raise NotSupportedHere(why)
        members = self._bus.groups.get(group)
        if "name" not in options and (members is None or self._process.name not in members.open):
            options = {**options, "name": self._process.name}
        consumer = self._bus.consumer(topics, group, **options)
        self._process.consumers.append(consumer)
        return SteppedConsumer(consumer, self._process, bool(options.get("auto_commit_interval_ms")))


class SteppedConsumer:
    """A consumer; see `sandbox.ports.Consumer`. Actions: `join`, `poll` and `commit`."""

    __slots__ = ("_commits", "_consumer", "_process")

    def __init__(self, consumer: SimulatedConsumer, process: "Process", commits: bool) -> None:
        self._consumer, self._process = consumer, process
        self._commits = commits  # by itself, at a poll

    def __repr__(self) -> str:
        return repr(self._consumer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        return self._consumer.name

    @property
    def generation(self) -> int:
        return self._consumer.generation

    @property
    def assignment(self) -> Assignment:
        return self._consumer.assignment

    def poll(self, max_records: int | None = None) -> list[Record]:
        return self._read(self._consumer.poll, max_records)

    def fetch(self, max_records: int | None = None) -> list[Record]:
        """`poll` without a trace, for `run`."""
        return self._read(self._consumer.fetch, max_records)

    def commit(self, record: Record | None = None) -> None:
        self._process.step("commit", self._consumer.commit, record)

    def position(self) -> dict[TopicPartition, int]:
        return self._local(self._consumer.position)

    def committed(self) -> dict[TopicPartition, int]:
        return self._local(self._consumer.committed)

    def seek(self, partition: int | TopicPartition, offset: int) -> None:
        self._local(self._consumer.seek, partition, offset)

    def seek_to_beginning(self) -> None:
        self._local(self._consumer.seek_to_beginning)

    def seek_to_end(self) -> None:
        self._local(self._consumer.seek_to_end)

    def pause(self, *partitions: int | TopicPartition) -> None:
        self._local(self._consumer.pause, *partitions)

    def resume(self, *partitions: int | TopicPartition) -> None:
        self._local(self._consumer.resume, *partitions)

    def close(self) -> None:
        """Leave the group; no step, and a dead process has left it already."""
        if not self._process.trouble:
            self._consumer.close()

    def _read(self, poll: Callable, max_records: int | None) -> list[Record]:
        """Records as this process sees them: objects of its own, of the classes that it knows."""
        found = self._process.step("poll", poll, max_records, quiet=not self._commits)
        known = self._process.vocabulary
        return [Record(r.topic, r.partition, r.offset, r.stored, known) for r in found]

    def _local(self, do: Callable, *args: object) -> object:
        """A call that changes only what this member knows."""
        return self._process.step("seek", do, *args, quiet=True)
