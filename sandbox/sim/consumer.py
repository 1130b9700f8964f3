"""A member of a group on the simulated bus."""

from typing import TYPE_CHECKING, Self

from sandbox.errors import CommitRejected, ConsumerClosed, InvalidOffset
from sandbox.messages import Record
from sandbox.sim.group import Group, TopicPartition

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus


class SimulatedConsumer:
    """Reads its partitions from its positions to the end; see `sandbox.ports.Consumer`."""

    def __init__(self, bus: "SimulatedBus", group: Group, topic: str, partitions: int) -> None:
        self.name = group.free_name()
        self.topic = topic
        self.positions: dict[TopicPartition, int] = {}  # the group sets it at a rebalance
        self._bus = bus
        self._group = group
        self._ended = ""  # "closed" or "crashed"
        bus.trace.add_actor(self.name)
        group.join(self, topic, partitions)

    def __repr__(self) -> str:
        state = self._ended or f"reads {len(self.positions)} partitions of {self.topic}"
        return f"Consumer {self.name} {state}"

    @property
    def assignment(self) -> set[TopicPartition]:
        return set(self.positions)

    def poll(self) -> list[Record]:
        records = self.fetch()
        for record in records:
            self._bus.trace.record(self.name, "poll", record.place)
        return records

    def fetch(self) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        self._must_be_open()
        assigned = list(self.positions)
        self._bus.random.shuffle(assigned)  # the order across partitions means nothing
        records = [
            record for at in assigned for record in self._bus.log(at[0]).read(at[1], self.positions[at])
        ]
        for record in records:
            self.positions[record.topic, record.partition] = record.offset + 1
        return records

    def commit(self, record: Record | None = None) -> None:
        self._must_be_open()
        if record is None:
            for at in sorted(self.positions):
                if self.positions[at] != self._group.position(at):
                    self._commit(at, self.positions[at])
            return
        at = (record.topic, record.partition)
        if at not in self.positions:
            raise CommitRejected(
                f"{self.name} can't commit {record.place}: {at[0]}[{at[1]}] now belongs to another "
                f"member of {self._group.name}, which will read that record again. "
                "Poll again to go on with the partitions that you have."
            )
        self._commit(at, record.offset + 1)

    def committed(self) -> dict[TopicPartition, int]:
        return {at: self._group.position(at) for at in sorted(self.positions)}

    def rewind(self) -> None:
        """Go back to the committed offsets: what failed is read again."""
        self.positions = {at: self._group.position(at) for at in self.positions}

    def close(self) -> None:
        self._leave("closed")

    def crash(self) -> None:
        self._must_be_open()
        self._bus.trace.record(self.name, "crash")
        self._leave("crashed")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _commit(self, at: TopicPartition, offset: int) -> None:
        topic, partition = at
        end = self._bus.log(topic).end_offset(partition)
        if not 0 <= offset <= end:
            raise InvalidOffset(
                f"{self.name} can't commit offset {offset} of {topic}[{partition}]: "
                f"the log ends at {end}. Commit a record that this bus gave you."
            )
        self._group.committed[at] = offset
        self._bus.trace.record(self.name, "commit", f"{topic}[{partition}]@{offset - 1}")

    def _leave(self, how: str) -> None:
        if not self._ended:
            self._ended = how
            self._group.leave(self)

    def _must_be_open(self) -> None:
        if self._ended:
            what = "has crashed" if self._ended == "crashed" else "was closed"
            raise ConsumerClosed(
                f"{self.name} {what} and can't be used again. "
                f"Make a new one: bus.consumer({self.topic!r}, group={self._group.name!r})."
            )
