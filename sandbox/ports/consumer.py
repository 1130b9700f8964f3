"""A member of a consumer group, as a protocol."""

from typing import Protocol, Self

from sandbox.messages import Record
from sandbox.ports.assignment import Assignment
from sandbox.ports.options import TopicPartition


class Consumer(Protocol):
    """One member of a group. Leaving a `with` block closes it; nothing is committed."""

    name: str
    generation: int  # of its group, when it was last given partitions

    @property
    def assignment(self) -> Assignment:
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

    def seek(self, partition: int | TopicPartition, offset: int) -> None:
        """Go on from `offset` of an assigned partition: back to replay, forward to skip.

        Commits nothing. Raises `InvalidOffset` below 0 and `NotAssigned` for a partition
        that this member doesn't read. Beyond the end, the next poll resets it. A member
        that reads several topics says which: `("orders", 1)`.
        """
        ...

    def seek_to_beginning(self) -> None:
        """Replay: go on from the first offset of every assigned partition."""
        ...

    def seek_to_end(self) -> None:
        """Skip: go on from the end of every assigned partition."""
        ...

    def pause(self, *partitions: int | TopicPartition) -> None:
        """Have polls leave these partitions out, all of them without an argument.

        Membership goes on. A rebalance ends it.
        """
        ...

    def resume(self, *partitions: int | TopicPartition) -> None:
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

    def crash(self, *, unnoticed: bool = False) -> None:
        """Vanish: no commit, no cleanup. The next member starts at the committed offset.

        `unnoticed`: the group misses it only when its session times out, and until then a
        rebalance waits for it.
        """
        ...

    def freeze(self) -> None:
        """Send no heartbeats, as in a long pause of the process, until the next call.

        Once the session has timed out, the group goes on without it: that next call is a
        zombie's. Its commit raises `CommitRejected`, its poll comes back as a new member.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...
