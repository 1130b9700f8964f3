"""A member of a real consumer group.

Between two polls its partitions are paused: the client keeps its membership alive and
takes part in rebalances without fetching anything that nobody asked for.
"""

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Self

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)

from sandbox.adapters.kafka.errors import in_our_words, unreachable
from sandbox.adapters.kafka.wire import from_wire
from sandbox.errors import CommitRejected, ConsumerClosed, InvalidOffset
from sandbox.messages import Record
from sandbox.ports import Topic

if TYPE_CHECKING:
    from sandbox.adapters.kafka.bus import KafkaBus

POLL_MS = 50
SECONDS_MAX = 10.0  # for what a broker does in milliseconds
REBALANCED = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)
DAY_MS = 24 * 60 * 60 * 1000  # a learner may think between two cells


class KafkaMember(ConsumerRebalanceListener):
    """See `sandbox.ports.Consumer`."""

    def __init__(self, bus: "KafkaBus", group: str, name: str, topic: Topic) -> None:
        self.name = name
        self.group = group
        self.topic = topic
        self._rebalanced = False  # since the last poll
        self.times_assigned = 0  # how often a rebalance has given it partitions (or none)
        self._bus = bus
        self._ended = ""
        with in_our_words(bus.address):
            self._client = KafkaConsumer(
                bootstrap_servers=bus.address,
                group_id=bus.physical(group),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=6000,
                heartbeat_interval_ms=200,
                max_poll_interval_ms=DAY_MS,
                max_poll_records=10_000,
                fetch_max_wait_ms=20,
                metadata_max_age_ms=10_000,
            )
            self._client.subscribe([bus.physical(topic.name)], listener=self)

    def __repr__(self) -> str:
        state = self._ended or f"reads {len(self.assignment)} partitions of {self.topic.name}"
        return f"Consumer {self.name} {state}"

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing to give back: the group's committed offsets say it all."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """A rebalance has ended. All members start at the committed offsets.

        Java's client does so by itself in the eager protocol; kafka-python keeps its
        position in a partition that it keeps, so the next poll goes back.
        """
        self.times_assigned += 1
        self._rebalanced = True
        self._client.pause(*assigned)

    @property
    def assignment(self) -> set[tuple[str, int]]:
        return {(self.topic.name, at.partition) for at in self._client.assignment()}

    def poll(self) -> list[Record]:
        records = self.fetch()
        for record in records:
            self._bus.trace.record(self.name, "poll", record.place)
        return records

    def fetch(self) -> list[Record]:
        """`poll` without a trace: `run` notes when a record is handled instead."""
        self._must_be_open()
        with in_our_words(self._bus.address):
            self._pick_up_rejoin()
            self._client.poll(timeout_ms=0)  # a rebalance that another process caused ends here
            if self._rebalanced:
                self.rewind()
            assigned = self._client.assignment()
            ends = self._client.end_offsets(assigned) if assigned else {}
            self._client.resume(*assigned)
            records = self._read_to(ends)
            self._client.pause(*self._client.assignment())
        return [from_wire(record, self.topic.name, self._bus.published_types) for record in records]

    def _read_to(self, ends: dict[TopicPartition, int]) -> list:
        found = []
        until = monotonic() + SECONDS_MAX
        while any(
            self._client.position(at) < end for at, end in ends.items() if at in self._client.assignment()
        ):
            for records in self._client.poll(timeout_ms=POLL_MS).values():
                found += records
            if monotonic() > until:
                raise unreachable(self._bus.address, f"no records within {SECONDS_MAX:.0f} s")
        return found

    def answer_group(self, ms: int) -> None:
        """Let the client answer its group for `ms` milliseconds, above all in a rebalance."""
        self._pick_up_rejoin()
        self._client.poll(timeout_ms=ms)

    def _pick_up_rejoin(self) -> None:
        """Don't let the client forget a rejoin that is under way.

        kafka-python 3.0.12 rejoins by itself when a topic's metadata has changed. If a poll
        ends before that rejoin does, no later poll looks for its result, and the member is
        without partitions for ever. Asking for a rejoin makes the next poll take it up.
        """
        coordinator = self._client._coordinator
        if coordinator.rejoining and not coordinator.need_rejoin():
            coordinator.request_rejoin()

    def commit(self, record: Record | None = None) -> None:
        self._must_be_open()
        if record is None:
            if self._rebalanced:
                return  # nothing has been read since the rebalance
            with in_our_words(self._bus.address):
                positions = {at: self._client.position(at) for at in sorted(self._client.assignment())}
            changed = {at: position for at, position in positions.items() if position != self._committed(at)}
        else:
            at = TopicPartition(self._bus.physical(record.topic), record.partition)
            if at not in self._client.assignment():
                raise self._rejected(record)
            with in_our_words(self._bus.address):
                end = self._client.end_offsets([at])[at]
            if not 0 <= record.offset < end:
                raise InvalidOffset(
                    f"{self.name} can't commit offset {record.offset + 1} of {record.topic}"
                    f"[{record.partition}]: the log ends at {end}. Commit a record that this bus gave you."
                )
            changed = {at: record.offset + 1}
        for at, offset in changed.items():
            self._commit(at, offset)

    def _commit(self, at: TopicPartition, offset: int) -> None:
        try:
            with in_our_words(self._bus.address):
                self._try(lambda: self._client.commit({at: OffsetAndMetadata(offset, "", -1)}))
        except _Refused as refused:
            raise CommitRejected(
                f"the group {self.group} has rebalanced, so {self.name} can't commit "
                f"{self.topic.name}[{at.partition}]@{offset - 1} now. Poll again to go on."
            ) from refused
        self._bus.trace.record(self.name, "commit", f"{self.topic.name}[{at.partition}]@{offset - 1}")

    def _try(self, call: Callable[[], object]) -> None:
        try:
            call()
        except REBALANCED as error:
            raise _Refused from error

    def _rejected(self, record: Record) -> CommitRejected:
        return CommitRejected(
            f"{self.name} can't commit {record.place}: {record.topic}[{record.partition}] now belongs to "
            f"another member of {self.group}, which will read that record again. "
            "Poll again to go on with the partitions that you have."
        )

    def committed(self) -> dict[tuple[str, int], int]:
        self._must_be_open()
        return {
            (self.topic.name, at.partition): self._committed(at) for at in sorted(self._client.assignment())
        }

    def _committed(self, at: TopicPartition) -> int:
        with in_our_words(self._bus.address):
            return self._client.committed(at) or 0

    def rewind(self) -> None:
        """Go back to the committed offsets: what failed is read again."""
        for at in self._client.assignment():
            self._client.seek(at, self._committed(at))
        self._rebalanced = False

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

    def _leave(self, how: str) -> None:
        if not self._ended:
            self._ended = how
            self._bus.left(self)

    def disconnect(self) -> None:
        """Close the client; the broker hears that the member is gone."""
        self._client.close(autocommit=False, timeout_ms=2000)

    def _must_be_open(self) -> None:
        if self._ended:
            what = "has crashed" if self._ended == "crashed" else "was closed"
            raise ConsumerClosed(
                f"{self.name} {what} and can't be used again. "
                f"Make a new one: bus.consumer({self.topic.name!r}, group={self.group!r})."
            )


class _Refused(Exception):
    """The broker has refused a commit because of a rebalance."""
