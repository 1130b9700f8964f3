"""The bus and its consumers. Every bus keeps these promises.

The words are Kafka's: a topic is a set of partitions, a partition is an ordered log, a
group is a set of consumers that share one set of committed offsets.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, Self, get_args

from sandbox.clock import Clock
from sandbox.errors import UsageError
from sandbox.messages import Command, Event, Key, Record
from sandbox.trace import Trace

Handler = Callable[[Record], object]
TopicPartition = tuple[str, int]
Reset = Literal["earliest", "latest", "none"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A named set of partitions, numbered from 0."""

    name: str
    partitions: int

    def __repr__(self) -> str:
        plural = "" if self.partitions == 1 else "s"
        return f"Topic {self.name} with {self.partitions} partition{plural}"


def check_topic(name: str, partitions: int) -> Topic:
    """The topic of that name and size. Raises `UsageError` where Kafka would refuse it."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", name):
        raise UsageError(f"{name!r} can't name a topic. Use letters, digits, '.', '_' and '-', 200 at most.")
    if not isinstance(partitions, int) or partitions < 1:
        raise UsageError(f"a topic has one partition or more, not {partitions!r}.")
    return Topic(name, partitions)


def check_reset(policy: str) -> None:
    """Raises `UsageError` unless `policy` is one that Kafka knows."""
    if policy not in get_args(Reset):
        raise UsageError(f"auto_offset_reset is one of {', '.join(get_args(Reset))}, not {policy!r}.")


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


class Consumer(Protocol):
    """One member of a group. Leaving a `with` block closes it; nothing is committed."""

    @property
    def assignment(self) -> set[TopicPartition]:
        """The partitions that this member reads: `{("orders", 0), …}`."""
        ...

    def poll(self, max_records: int | None = None) -> list[Record]:
        """Everything from here up to the end of the log, as of now; `max_records` at most.

        In order inside a partition; in no particular order across partitions. A paused
        partition gives nothing. Raises `OffsetOutOfRange` where the position is not in the
        log and the consumer was told not to reset it.
        """
        ...

    def position(self) -> dict[TopicPartition, int]:
        """The offset that the next poll begins at, of each assigned partition."""
        ...

    def seek(self, partition: int, offset: int) -> None:
        """Go on from `offset` of an assigned partition: back to replay, forward to skip.

        Commits nothing. Raises `InvalidOffset` below 0 and `NotAssigned` for a partition
        that this member doesn't read. Beyond the end, the next poll resets it.
        """
        ...

    def seek_to_beginning(self) -> None:
        """Replay: go on from the first offset of every assigned partition."""
        ...

    def seek_to_end(self) -> None:
        """Skip: go on from the end of every assigned partition."""
        ...

    def pause(self, *partitions: int) -> None:
        """Have polls leave these partitions out, all of them without an argument.

        Membership goes on. A rebalance ends it.
        """
        ...

    def resume(self, *partitions: int) -> None:
        """End the pause of these partitions, of all of them without an argument."""
        ...

    def commit(self, record: Record | None = None) -> None:
        """Tell the group that `record` and all before it in its partition are done.

        Without a record: everything that was polled. Raises `CommitRejected` where the
        partition has gone to another member meanwhile.
        """
        ...

    def committed(self) -> dict[TopicPartition, int]:
        """The group's committed offset of each assigned partition: the next one to read."""
        ...

    def close(self) -> None:
        """Leave the group. What was not committed is read again by the next member."""
        ...

    def crash(self) -> None:
        """Vanish: no commit, no cleanup. The next member starts at the committed offset."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


class Bus(Protocol):
    """Topics, and groups that read them."""

    trace: Trace
    clock: Clock

    def create_topic(self, name: str, partitions: int = 1) -> Topic:
        """The topic of that name, made where it doesn't exist.

        Raises `TopicExists` where it has another number of partitions.
        """
        ...

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
        """Append `event` to a partition of `topic` and return where it landed.

        Events with one key share a partition. Without a key, any partition. `source` is
        who says it; `cause` the record that led to it. Inside a handler both are known
        and need not be given. `headers` travel beside the envelope. Raises `UnknownTopic`,
        `InvalidEvent`, `InvalidKey`, `InvalidHeader`.
        """
        ...

    def consumer(self, topic: Topic | str, group: str, *, auto_offset_reset: Reset = "earliest") -> Consumer:
        """A new member of `group`, which reads from the group's committed offsets.

        Where the group has committed nothing, or its position is no longer in the log,
        `auto_offset_reset` decides: `earliest` begins at the beginning (Kafka's own default
        is `latest`), `latest` with what comes from now on, `none` raises `OffsetOutOfRange`.
        """
        ...

    def subscribe(self, topic: Topic | str, group: str, handle: Handler) -> None:
        """Have `run` deliver each record of `topic` to `handle`, and then commit it."""
        ...

    def run(self) -> RunResult:
        """Deliver until nothing is waiting for any subscription.

        An exception of a handler comes out here; its record stays uncommitted and is
        delivered again by the next `run`. Raises `RunDidNotEnd` at a limit.
        """
        ...

    def lag(self, group: str) -> int:
        """How many records the group has yet to commit, over the topics that it reads."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...
