"""Where one member stands in each of its partitions, and where it goes that stands nowhere."""

from typing import TYPE_CHECKING

from sandbox import refusals
from sandbox.errors import OffsetOutOfRange
from sandbox.ports import ConsumerOptions, TopicPartition
from sandbox.sim.partition import Partition

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus

NOWHERE = -1  # nothing says where to begin


class Positions:
    """The offsets that the next poll begins at."""

    def __init__(
        self, bus: "SimulatedBus", reader: str, topics: tuple[str, ...], options: ConsumerOptions
    ) -> None:
        self.now: dict[TopicPartition, int] = {}
        self.began: dict[TopicPartition, int] = {}  # when the partitions were given to the reader
        self.logs: dict[TopicPartition, Partition] = {}
        self.paused: set[TopicPartition] = set()
        self._bus = bus
        self._reader = reader
        self._topics = topics
        self._reset = options.auto_offset_reset
        self.read_committed = options.isolation_level == "read_committed"

    def take(self, partitions: list[TopicPartition], committed: dict[TopicPartition, int]) -> None:
        """Stand at the committed offset of each of these partitions, and nowhere else."""
        self.now = {at: committed[at] if at in committed else self._start(at) for at in partitions}
        self.began = dict(self.now)
        self.logs = {at: self._bus.partition(at) for at in partitions}
        self.paused.clear()

    def all(self) -> dict[TopicPartition, int]:
        """The offset of each partition. Raises `OffsetOutOfRange` where one stands nowhere."""
        if nowhere := [at for at, offset in self.now.items() if offset == NOWHERE]:
            raise self._out_of_range(nowhere)
        return dict(sorted(self.now.items()))

    def seek(self, partition: int | TopicPartition, offset: int) -> None:
        """Go to `offset`. Raises `InvalidOffset` and `NotAssigned`."""
        at = self.mine(partition)
        if offset < 0:
            raise refusals.negative_offset(self._reader, offset)
        self.now[at] = offset

    def to_beginning(self) -> None:
        """Go to the first offset of every partition."""
        self.now = {at: self._bus.partition(at).start for at in self.now}

    def to_end(self) -> None:
        """Go to the end of every partition."""
        self.now = {at: self._end(at) for at in self.now}

    def valid(self, at: TopicPartition) -> int:
        """The position, reset where the log doesn't have it. Raises `OffsetOutOfRange`."""
        partition, position = self._bus.partition(at), self.now[at]
        if partition.start <= position <= partition.end:
            return position
        if self._reset == "none":
            raise self._out_of_range([at])
        return self._start(at)

    def mine(self, partition: int | TopicPartition) -> TopicPartition:
        """The partition that is meant, where it is one of the reader's. Raises `NotAssigned`."""
        at = refusals.partition_meant(partition, self._reader, self._topics)
        if at not in self.now:
            raise refusals.not_assigned(self._reader, at, self.now)
        return at

    def _out_of_range(self, several: list[TopicPartition]) -> OffsetOutOfRange:
        logs = {at: self._bus.partition(at) for at in several}
        return refusals.out_of_range(self._reader, {at: (log.start, log.end) for at, log in logs.items()})

    def _start(self, at: TopicPartition) -> int:
        """Where `auto_offset_reset` sends a reader."""
        if self._reset == "none":
            return NOWHERE
        return self._bus.partition(at).start if self._reset == "earliest" else self._end(at)

    def _end(self, at: TopicPartition) -> int:
        partition = self._bus.partition(at)
        return partition.stable_end if self.read_committed else partition.visible_end
