"""A member of a group on the simulated bus."""

from typing import TYPE_CHECKING, Self

from sandbox.errors import CommitRejected, ConsumerClosed, InvalidOffset, NotAssigned, OffsetOutOfRange
from sandbox.messages import Record
from sandbox.ports import Reset, Topic, TopicPartition
from sandbox.sim.group import Group

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus

NO_LIMIT = 2**63


class SimulatedConsumer:
    """Reads its partitions from its positions to the end; see `sandbox.ports.Consumer`."""

    def __init__(self, bus: "SimulatedBus", group: Group, topic: Topic, reset: Reset) -> None:
        self.name = group.free_name()
        self.topic = topic
        self._bus = bus
        self._group = group
        self._reset = reset
        self._positions: dict[TopicPartition, int] = {}  # -1 where nothing says where to begin
        self._paused: set[TopicPartition] = set()
        self._ended = ""  # "closed" or "crashed"
        bus.trace.add_actor(self.name)
        group.join(self, topic)

    def __repr__(self) -> str:
        state = self._ended or f"reads {len(self._positions)} partitions of {self.topic.name}"
        return f"Consumer {self.name} {state}"

    @property
    def assignment(self) -> set[TopicPartition]:
        return set(self._positions)

    def assign(self, partitions: list[TopicPartition]) -> None:
        """Take these partitions over, each at its committed offset; what was paused goes on."""
        self._paused.clear()
        committed = self._group.committed
        self._positions = {at: committed[at] if at in committed else self._start(at) for at in partitions}

    def poll(self, max_records: int | None = None) -> list[Record]:
        records = self.fetch(max_records)
        for record in records:
            self._bus.trace.record(self.name, "poll", record.place)
        return records

    def fetch(self, max_records: int | None = None) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        self._must_be_open()
        assigned = [at for at in self._positions if at not in self._paused]
        self._bus.random.shuffle(assigned)  # the order across partitions means nothing
        records: list[Record] = []
        for at in assigned:
            room = NO_LIMIT if max_records is None else max_records - len(records)
            found = self._bus.log(at[0]).read(at[1], self._valid_position(at), room)
            self._positions[at] += len(found)
            records += found
        return records

    def position(self) -> dict[TopicPartition, int]:
        self._must_be_open()
        return {at: self._positions[at] for at in sorted(self._positions)}

    def seek(self, partition: int, offset: int) -> None:
        self._must_be_open()
        at = self._mine(partition)
        if offset < 0:
            raise InvalidOffset(f"{self.name} can't seek to offset {offset}: the first one is 0.")
        self._positions[at] = offset

    def seek_to_beginning(self) -> None:
        for topic, partition in self.assignment:
            self.seek(partition, self._bus.log(topic).start_offset(partition))

    def seek_to_end(self) -> None:
        for topic, partition in self.assignment:
            self.seek(partition, self._bus.log(topic).end_offset(partition))

    def pause(self, *partitions: int) -> None:
        self._must_be_open()
        self._paused |= {self._mine(number) for number in partitions} or self.assignment

    def resume(self, *partitions: int) -> None:
        self._must_be_open()
        self._paused -= {self._mine(number) for number in partitions} or self.assignment

    def commit(self, record: Record | None = None) -> None:
        self._must_be_open()
        if record is None:
            for at, position in sorted(self._positions.items()):
                if position >= 0 and position != self._group.committed.get(at):
                    self._commit(at, position)
            return
        at = (record.topic, record.partition)
        if at not in self._positions:
            raise CommitRejected(
                f"{self.name} can't commit {record.place}: {at[0]}[{at[1]}] now belongs to another "
                f"member of {self._group.name}, which will read that record again. "
                "Poll again to go on with the partitions that you have."
            )
        self._commit(at, record.offset + 1)

    def committed(self) -> dict[TopicPartition, int]:
        self._must_be_open()
        return {at: self._group.committed.get(at, 0) for at in sorted(self._positions)}

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

    def _start(self, at: TopicPartition) -> int:
        """Where `auto_offset_reset` sends a reader; -1 for nowhere."""
        log = self._bus.log(at[0])
        if self._reset == "none":
            return -1
        return log.start_offset(at[1]) if self._reset == "earliest" else log.end_offset(at[1])

    def _valid_position(self, at: TopicPartition) -> int:
        """The position, reset where the log doesn't have it. Raises `OffsetOutOfRange`."""
        log, position = self._bus.log(at[0]), self._positions[at]
        if log.start_offset(at[1]) <= position <= log.end_offset(at[1]):
            return position
        self._positions[at] = self._start(at)
        if self._positions[at] < 0:
            self._positions[at] = position
            where = f"offset {position}" if position >= 0 else "no committed offset"
            raise OffsetOutOfRange(
                f"{self.name} has {where} in {at[0]}[{at[1]}], whose log goes from {log.start_offset(at[1])} "
                f"to {log.end_offset(at[1])}, and auto_offset_reset='none'. Seek to where it shall begin."
            )
        return self._positions[at]

    def _mine(self, partition: int) -> TopicPartition:
        at = (self.topic.name, partition)
        if at not in self._positions:
            mine = ", ".join(str(number) for _, number in sorted(self._positions)) or "none"
            raise NotAssigned(f"{self.name} doesn't read {at[0]}[{partition}]; its partitions: {mine}.")
        return at

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
                f"Make a new one: bus.consumer({self.topic.name!r}, group={self._group.name!r})."
            )
