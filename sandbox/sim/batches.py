"""Records that wait in a producer, one batch for each partition, to share a request."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.clock import VirtualClock
from sandbox.messages.record import Stored
from sandbox.ports import ProducerOptions, Sent
from sandbox.sim.partition import Partition

OVERHEAD_BYTES = 70  # of a record in Kafka's format, beside key and value: a usual one


@dataclass
class Waiting:
    """One record in a batch."""

    author: str
    partition: Partition
    stored: Stored
    event: object
    sent: Sent


@dataclass(eq=False)
class Batch:
    """What shares a request."""

    records: list[Waiting] = field(default_factory=list)
    bytes: int = 0


class Batches:
    """The batches of one producer; `deliver` takes a record to the log."""

    def __init__(
        self, clock: VirtualClock, options: ProducerOptions, deliver: Callable[[Waiting], None]
    ) -> None:
        self._clock = clock
        self._options = options
        self._deliver = deliver
        self._open: dict[Partition, Batch] = {}

    def add(self, waiting: Waiting) -> None:
        """Put a record into its partition's batch, and send that where it is due."""
        batch = self._open.setdefault(waiting.partition, Batch())
        batch.records.append(waiting)
        stored = waiting.stored
        batch.bytes += OVERHEAD_BYTES + len(stored.key or b"") + len(stored.value or b"")
        if not self._options.linger_ms or batch.bytes >= self._options.batch_size:
            self._send(waiting.partition, batch)
        elif len(batch.records) == 1:
            self._clock.call_in(self._options.linger_ms, lambda: self._send(waiting.partition, batch))

    def flush(self) -> None:
        """Send every batch, the oldest first."""
        for partition, batch in list(self._open.items()):
            self._send(partition, batch)

    def drop(self) -> None:
        """Forget what waits: its transaction was aborted."""
        self._open.clear()

    def _send(self, partition: Partition, batch: Batch) -> None:
        if self._open.get(partition) is batch:  # else it went before its time was up
            del self._open[partition]
            for waiting in batch.records:
                self._deliver(waiting)
