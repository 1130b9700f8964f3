"""A member of a real consumer group, as the learner holds it."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Self

from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    IllegalStateError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from sandbox import refusals
from sandbox.adapters.kafka.errors import ANSWER_MS, in_our_words, unreachable
from sandbox.adapters.kafka.membership import Membership
from sandbox.adapters.kafka.wire import from_wire
from sandbox.errors import BrokerUnreachable, CommitRejected, Crashed, NotSupportedHere
from sandbox.messages import Record
from sandbox.ports import Assignment, ConsumerOptions
from sandbox.ports import TopicPartition as Place
from sandbox.trace import Raw

if TYPE_CHECKING:
    from sandbox.adapters.kafka.bus import KafkaBus

SECONDS_MAX = ANSWER_MS / 1000
NO_SILENCE = "On the simulated bus it can fall silent: connect('sim://')."
REBALANCED = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)


class KafkaMember:
    """See `sandbox.ports.Consumer`."""

    def __init__(
        self, bus: "KafkaBus", group: str, name: str, topics: tuple[str, ...], options: ConsumerOptions
    ) -> None:
        self.name = name
        self.group = group
        self.topics = topics
        self.options = options
        self.ended = ""
        self._bus = bus
        self._last_auto_commit = bus.clock.now()
        with in_our_words(bus.address):
            self.membership = Membership(
                bus.address,
                name,
                bus.physical(group),
                [bus.physical(name) for name in topics],
                options,
                self._place,
                lambda callback, partitions: callback(self, partitions),
            )
        self._client = self.membership.client

    def __repr__(self) -> str:
        state = self.ended or f"reads {len(self.assignment)} partitions of {', '.join(self.topics)}"
        return f"Consumer {self.name} {state}"

    @property
    def assignment(self) -> Assignment:
        return Assignment(self._place(at) for at in self.membership.partitions)

    @property
    def generation(self) -> int:
        return self.membership.generation

    def poll(self, max_records: int | None = None) -> list[Record]:
        records = self.fetch(max_records)
        for record in records:
            self._bus.trace.step(Raw(self.name, "poll", record.topic, record.partition, record.offset))
        return records

    def fetch(self, max_records: int | None = None) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        if not self._bus.faults.armed:
            return self._fetch(max_records)
        sent: list[Record] = []
        try:
            self._step("poll", lambda: sent.extend(self._fetch(max_records)))
        except BrokerUnreachable:
            for record in reversed(sent):  # they have not arrived: the next poll asks for them again
                self.seek((record.topic, record.partition), record.offset)
            raise
        return sent

    def _fetch(self, max_records: int | None) -> list[Record]:
        self._must_be_open()
        with in_our_words(self._bus.address):
            self.membership.answer_group(*self._bus.groups.answer_ms)  # here ends what another process began
            if self.membership.is_out:
                self._bus.groups.came_back(self)
            self.membership.start_over()
            self._auto_commit()
            held = {at for at in self.membership.partitions if self._bus.effects.is_held(self._place(at))}
            wanted = self.membership.partitions - self.membership.paused - held
            try:
                ends = self._ends_of_valid(wanted) if wanted else {}
                self._client.resume(*wanted)
                records = self._read_to(ends, max_records)
            except IllegalStateError:  # a partition that was ours a moment ago
                if not self.membership.has_rebalanced:
                    raise
            finally:
                self._client.pause(*self.membership.partitions)
        records = [] if self.membership.has_rebalanced else records  # the next poll starts over
        return [from_wire(raw, self._bus.logical(raw.topic), self._bus.published_classes) for raw in records]

    def position(self) -> dict[Place, int]:
        self._must_be_open()
        with in_our_words(self._bus.address):
            self._refuse_lost(self.membership.partitions)
            return {self._place(at): self._position(at) for at in sorted(self.membership.partitions)}

    def seek(self, partition: int | Place, offset: int) -> None:
        self._must_be_open()
        at = self._mine(partition)
        if offset < 0:
            raise refusals.negative_offset(self.name, offset)
        self.membership.seek(lambda partitions: dict.fromkeys(partitions, offset), {at})

    def seek_to_beginning(self) -> None:
        self._must_be_open()
        with in_our_words(self._bus.address):
            self.membership.seek(self._client.beginning_offsets, self.membership.partitions)

    def seek_to_end(self) -> None:
        self._must_be_open()
        with in_our_words(self._bus.address):
            self.membership.seek(self._client.end_offsets, self.membership.partitions)

    def pause(self, *partitions: int | Place) -> None:
        self._must_be_open()
        self.membership.paused |= {self._mine(number) for number in partitions} or self.membership.partitions

    def resume(self, *partitions: int | Place) -> None:
        self._must_be_open()
        self.membership.paused -= {self._mine(number) for number in partitions} or self.membership.partitions

    def commit(self, record: Record | None = None) -> None:
        if self._bus.faults.armed:
            self._step("commit", lambda: self._commit(record))
        else:
            self._commit(record)

    def _commit(self, record: Record | None) -> None:
        self._must_be_open()
        self.membership.start_over()  # what was read before a rebalance is not ours to commit
        if record is None:
            with in_our_words(self._bus.address):
                mine = sorted(self.membership.partitions - self.membership.lost)
                positions = {at: self._position(at) for at in mine}
                changed = {at: p for at, p in positions.items() if p != self._raw_committed(at)}
            ends = self._bus.ends(changed)
            for at, position in changed.items():
                if position > ends[at]:
                    raise refusals.beyond_the_end(self.name, self._place(at), position, ends[at])
        else:
            changed = {self.check_commit(record): record.offset + 1}
        for at, offset in changed.items():
            self.commit_offset(at, offset)

    def committed(self) -> dict[Place, int]:
        self._must_be_open()
        return {self._place(at): self._committed(at) for at in sorted(self.membership.partitions)}

    def close(self) -> None:
        if self.ended:
            return
        if self.options.auto_commit_interval_ms is not None:
            with contextlib.suppress(CommitRejected):  # the group has gone on: it will read again
                self._commit(None)
        self.membership.give_up()
        self._leave("closed")

    def crash(self, *, unnoticed: bool = False) -> None:
        """Leave the group without committing.

        A process that really dies says nothing, and its group waits out the session
        timeout; that wait is taught on the virtual clock.
        """
        self._must_be_open()
        if unnoticed:
            raise NotSupportedHere("the client leaves its group in good order even so. " + NO_SILENCE)
        self._bus.trace.record(self.name, "crash")
        self.membership.forget()
        self._leave("crashed")

    def freeze(self) -> None:
        raise NotSupportedHere("the client's heartbeats come from a thread of its own. " + NO_SILENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _ends_of_valid(self, partitions: set[TopicPartition]) -> dict[TopicPartition, int]:
        """The end offsets, after a reset of the positions that are not in their logs."""
        begins, ends = self._client.beginning_offsets(partitions), self._client.end_offsets(partitions)
        self.membership.reset({at for at in partitions if not begins[at] <= self._position(at) <= ends[at]})
        self._refuse_lost(partitions)
        return ends

    def _refuse_lost(self, partitions: set[TopicPartition]) -> None:
        """Raises `OffsetOutOfRange` where nothing says where to begin."""
        if lost := self.membership.lost & partitions:
            begins, ends = self._client.beginning_offsets(lost), self._client.end_offsets(lost)
            raise refusals.out_of_range(self.name, {self._place(at): (begins[at], ends[at]) for at in lost})

    def _read_to(self, ends: dict[TopicPartition, int], most: int | None) -> list:
        """The raw records before `ends`, `most` at most; a rebalance, which pauses all, ends it."""
        found, until = [], monotonic() + SECONDS_MAX
        while len(found) != most and not self.membership.has_rebalanced:
            if all(self._position(at) >= end for at, end in ends.items()):
                break
            found += self.membership.read(most and most - len(found), self._bus.groups.poll_ms)
            if monotonic() > until:
                raise unreachable(self._bus.address, f"no records within {SECONDS_MAX:.0f} s")
        return found

    def check_commit(self, record: Record) -> TopicPartition:
        """Its partition. Raises `CommitRejected` where that is not ours, `InvalidOffset` beyond the end."""
        at = TopicPartition(self._bus.physical(record.topic), record.partition)
        if at not in self.membership.partitions:
            place = (record.topic, record.partition)
            raise refusals.not_mine_to_commit(self.name, record.place, place, self.group)
        with in_our_words(self._bus.address):
            end = self._client.end_offsets([at])[at]
        if not 0 <= record.offset < end:
            place = (record.topic, record.partition)
            raise refusals.beyond_the_end(self.name, place, record.offset + 1, end)
        return at

    def rewind(self) -> None:
        """Have the group, and this member, go back to where the member began."""
        for at, offset in self.membership.began.items():
            self.commit_offset(at, offset)
            self._client.seek(at, offset)

    def commit_offset(self, at: TopicPartition, offset: int) -> None:
        """Commit without looking at it. Raises `CommitRejected`."""
        place = f"{self._words(at)}@{offset - 1}"
        try:
            with in_our_words(self._bus.address, but=REBALANCED):
                self._client.commit({at: OffsetAndMetadata(offset, "", -1)}, timeout_ms=ANSWER_MS)
        except REBALANCED as error:
            raise refusals.gone_on_without(self.name, place, self.group) from error
        self._bus.trace.record(self.name, "commit", place)

    def _raw_committed(self, at: TopicPartition) -> int | None:
        return self._client.committed(at, timeout_ms=ANSWER_MS)

    def _committed(self, at: TopicPartition) -> int:
        with in_our_words(self._bus.address):
            return self._raw_committed(at) or 0

    def _position(self, at: TopicPartition) -> int:
        return self._client.position(at, timeout_ms=ANSWER_MS)

    def _auto_commit(self) -> None:
        """Commit what earlier polls have given, once the interval has passed."""
        interval, now = self.options.auto_commit_interval_ms, self._bus.clock.now()
        if interval is not None and now - self._last_auto_commit >= timedelta(milliseconds=interval):
            self._last_auto_commit = now
            self._commit(None)

    def _step(self, action: str, call: Callable[[], object]) -> object:
        try:
            return self._bus.faults.step(self.name, action, call)
        except Crashed:
            self.crash()
            raise

    def _mine(self, partition: int | Place) -> TopicPartition:
        place = refusals.partition_meant(partition, self.name, self.topics)
        at = TopicPartition(self._bus.physical(place[0]), place[1])
        if at not in self.membership.partitions:
            raise refusals.not_assigned(self.name, place, self.assignment)
        return at

    def _place(self, at: TopicPartition) -> Place:
        return self._bus.logical(at.topic), at.partition

    def _words(self, at: TopicPartition) -> str:
        return f"{self._bus.logical(at.topic)}[{at.partition}]"

    def _leave(self, how: str) -> None:
        if not self.ended:
            self.ended = how
            self._bus.left(self)

    def _must_be_open(self) -> None:
        if self.ended:
            raise refusals.closed(self.name, self.ended, self.topics[0], self.group)
