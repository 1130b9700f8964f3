"""A member of a real consumer group, as the learner holds it."""

from time import monotonic
from typing import TYPE_CHECKING, Self

from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from sandbox.adapters.kafka.errors import in_our_words, unreachable
from sandbox.adapters.kafka.membership import Membership
from sandbox.adapters.kafka.wire import from_wire
from sandbox.errors import CommitRejected, ConsumerClosed, InvalidOffset, NotAssigned, OffsetOutOfRange
from sandbox.messages import Record
from sandbox.ports import Reset, Topic
from sandbox.ports import TopicPartition as Place

if TYPE_CHECKING:
    from sandbox.adapters.kafka.bus import KafkaBus

POLL_MS = 50
SECONDS_MAX = 10.0  # for what a broker does in milliseconds
REBALANCED = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class KafkaMember:
    """See `sandbox.ports.Consumer`."""

    def __init__(self, bus: "KafkaBus", group: str, name: str, topic: Topic, reset: Reset) -> None:
        self.name = name
        self.group = group
        self.topic = topic
        self._bus = bus
        self._ended = ""
        with in_our_words(bus.address):
            self.membership = Membership(bus.address, bus.physical(group), bus.physical(topic.name), reset)
        self._client = self.membership.client

    def __repr__(self) -> str:
        state = self._ended or f"reads {len(self.assignment)} partitions of {self.topic.name}"
        return f"Consumer {self.name} {state}"

    @property
    def assignment(self) -> set[Place]:
        return {self._place(at) for at in self.membership.partitions}

    def poll(self, max_records: int | None = None) -> list[Record]:
        records = self.fetch(max_records)
        for record in records:
            self._bus.trace.record(self.name, "poll", record.place)
        return records

    def fetch(self, max_records: int | None = None) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        self._must_be_open()
        with in_our_words(self._bus.address):
            self.membership.answer_group(ms=0)  # a rebalance that another process caused ends here
            self.membership.start_over()
            wanted = self.membership.partitions - self.membership.paused
            ends = self._ends_of_valid(wanted) if wanted else {}
            self._client.resume(*wanted)
            try:
                records = self._read_to(ends, max_records)
            finally:
                self._client.pause(*self.membership.partitions)
        return [from_wire(record, self.topic.name, self._bus.published_types) for record in records]

    def position(self) -> dict[Place, int]:
        self._must_be_open()
        with in_our_words(self._bus.address):
            return {self._place(at): self._client.position(at) for at in sorted(self.membership.partitions)}

    def seek(self, partition: int, offset: int) -> None:
        self._must_be_open()
        at = self._mine(partition)
        if offset < 0:
            raise InvalidOffset(f"{self.name} can't seek to offset {offset}: the first one is 0.")
        self.membership.seek(lambda partitions: dict.fromkeys(partitions, offset), {at})

    def seek_to_beginning(self) -> None:
        self._must_be_open()
        with in_our_words(self._bus.address):
            self.membership.seek(self._client.beginning_offsets, self.membership.partitions)

    def seek_to_end(self) -> None:
        self._must_be_open()
        with in_our_words(self._bus.address):
            self.membership.seek(self._client.end_offsets, self.membership.partitions)

    def pause(self, *partitions: int) -> None:
        self._must_be_open()
        self.membership.paused |= {self._mine(number) for number in partitions} or self.membership.partitions

    def resume(self, *partitions: int) -> None:
        self._must_be_open()
        self.membership.paused -= {self._mine(number) for number in partitions} or self.membership.partitions

    def commit(self, record: Record | None = None) -> None:
        self._must_be_open()
        self.membership.start_over()  # what was read before a rebalance is not ours to commit
        if record is None:
            with in_our_words(self._bus.address):
                mine = sorted(self.membership.partitions - self.membership.lost)
                positions = {at: self._client.position(at) for at in mine}
            changed = {at: position for at, position in positions.items() if position != self._committed(at)}
        else:
            changed = {self._committable(record): record.offset + 1}
        for at, offset in changed.items():
            self._commit(at, offset)

    def committed(self) -> dict[Place, int]:
        self._must_be_open()
        return {self._place(at): self._committed(at) for at in sorted(self.membership.partitions)}

    def close(self) -> None:
        self._leave("closed")

    def crash(self) -> None:
        """Leave the group without committing.

        A process that really dies says nothing, and its group waits out the session
        timeout; that wait is taught on the virtual clock.
        """
        self._must_be_open()
        self._bus.trace.record(self.name, "crash")
        self._leave("crashed")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _ends_of_valid(self, partitions: set[TopicPartition]) -> dict[TopicPartition, int]:
        """The end offsets, after a reset of the positions that are not in their logs."""
        begins, ends = self._client.beginning_offsets(partitions), self._client.end_offsets(partitions)
        self.membership.reset(
            {at for at in partitions if not begins[at] <= self._client.position(at) <= ends[at]}
        )
        if lost := self.membership.lost & partitions:
            logs = ", ".join(
                f"{self._words(at)} (its log: {begins[at]} to {ends[at]})" for at in sorted(lost)
            )
            raise OffsetOutOfRange(
                f"{self.name} has no offset to begin at in {logs}, and auto_offset_reset='none'. "
                "Seek to where it shall begin."
            )
        return ends

    def _read_to(self, ends: dict[TopicPartition, int], max_records: int | None) -> list:
        """The raw records before `ends`, `max_records` at most."""
        found: list = []
        until, room = monotonic() + SECONDS_MAX, max_records
        while room != 0 and any(self._client.position(at) < end for at, end in ends.items()):
            for records in self._client.poll(timeout_ms=POLL_MS, max_records=room).values():
                found += records
            room = None if max_records is None else max_records - len(found)
            if monotonic() > until:
                raise unreachable(self._bus.address, f"no records within {SECONDS_MAX:.0f} s")
        return found

    def _committable(self, record: Record) -> TopicPartition:
        """Its partition. Raises `CommitRejected` where that is not ours, `InvalidOffset` beyond the end."""
        at = TopicPartition(self._bus.physical(record.topic), record.partition)
        if at not in self.membership.partitions:
            raise CommitRejected(
                f"{self.name} can't commit {record.place}: {self._words(at)} now belongs to another "
                f"member of {self.group}, which will read that record again. "
                "Poll again to go on with the partitions that you have."
            )
        with in_our_words(self._bus.address):
            end = self._client.end_offsets([at])[at]
        if not 0 <= record.offset < end:
            raise InvalidOffset(
                f"{self.name} can't commit offset {record.offset + 1} of {self._words(at)}: "
                f"the log ends at {end}. Commit a record that this bus gave you."
            )
        return at

    def _commit(self, at: TopicPartition, offset: int) -> None:
        place = f"{self._words(at)}@{offset - 1}"
        try:
            with in_our_words(self._bus.address, but=REBALANCED):
                self._client.commit({at: OffsetAndMetadata(offset, "", -1)})
        except REBALANCED as error:
            raise CommitRejected(
                f"the group {self.group} has rebalanced, so {self.name} can't commit {place} now. "
                "Poll again to go on."
            ) from error
        self._bus.trace.record(self.name, "commit", place)

    def _committed(self, at: TopicPartition) -> int:
        with in_our_words(self._bus.address):
            return self._client.committed(at) or 0

    def _mine(self, partition: int) -> TopicPartition:
        at = TopicPartition(self._bus.physical(self.topic.name), partition)
        if at not in self.membership.partitions:
            mine = ", ".join(str(number) for _, number in sorted(self.assignment)) or "none"
            raise NotAssigned(f"{self.name} doesn't read {self._words(at)}; its partitions: {mine}.")
        return at

    def _place(self, at: TopicPartition) -> Place:
        return (self.topic.name, at.partition)

    def _words(self, at: TopicPartition) -> str:
        return f"{self.topic.name}[{at.partition}]"

    def _leave(self, how: str) -> None:
        if not self._ended:
            self._ended = how
            self._bus.left(self)

    def _must_be_open(self) -> None:
        if self._ended:
            what = "has crashed" if self._ended == "crashed" else "was closed"
            raise ConsumerClosed(
                f"{self.name} {what} and can't be used again. "
                f"Make a new one: bus.consumer({self.topic.name!r}, group={self.group!r})."
            )
