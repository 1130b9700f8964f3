"""The transaction coordinator: who may write under a transactional id, and what is open.

A transaction's records are in the log at once; readers of committed records stop before
the first open one (the last stable offset), and leave out what was aborted. Its end takes
an offset in each of its partitions, for a mark. A new producer of the same id fences the
older one and aborts what that left open; so does the transaction's timeout.
https://kafka.apache.org/documentation/#semantics
"""

from typing import TYPE_CHECKING

from sandbox import refusals
from sandbox.ports import TopicPartition
from sandbox.sim.partition import Partition

if TYPE_CHECKING:
    from sandbox.sim.bus import SimulatedBus
    from sandbox.sim.group import Group


class Transaction:
    """What one producer has done since it began."""

    def __init__(self) -> None:
        self.offsets: dict[Partition, list[int]] = {}  # of its records
        self.commits: dict[Group, dict[TopicPartition, int]] = {}

    @property
    def is_empty(self) -> bool:
        """Has the broker heard nothing of it?"""
        return not self.offsets and not self.commits

    def add(self, partition: Partition, offset: int) -> None:
        """A record of this transaction stands at `offset`."""
        self.offsets.setdefault(partition, []).append(offset)
        partition.unstable.setdefault(self, offset)


class Coordinator:
    """One broker's."""

    def __init__(self, bus: "SimulatedBus") -> None:
        self._bus = bus
        self._epochs: dict[str, int] = {}  # of the newest producer of each id
        self._open: dict[str, Transaction] = {}

    def register(self, transactional_id: str) -> int:
        """A new producer's epoch; the older ones are fenced, and what they left open is aborted."""
        self.abort_open(transactional_id)
        self._epochs[transactional_id] = self._epochs.get(transactional_id, -1) + 1
        return self._epochs[transactional_id]

    def enlist(self, transactional_id: str, epoch: int, transaction: Transaction, timeout_ms: int) -> None:
        """Hear of a transaction, with its first record or commit; after its timeout it is aborted.

        Raises `ProducerFenced`. A client begins without asking the broker, so a zombie
        finds out here, and not before.
        """
        self.check(transactional_id, epoch)
        if self._open.get(transactional_id) is transaction:
            return
        self._open[transactional_id] = transaction

        def time_out() -> None:
            if self._open.get(transactional_id) is transaction:
                self._epochs[transactional_id] += 1  # whoever opened it is a zombie now
                self.abort_open(transactional_id)

        self._bus.clock.call_in(timeout_ms, time_out)

    def check(self, transactional_id: str, epoch: int) -> None:
        """Raises `ProducerFenced` unless `epoch` is the newest."""
        if epoch != self._epochs[transactional_id]:
            raise refusals.fenced(transactional_id)

    def commit(self, transactional_id: str, epoch: int) -> None:
        """End the open transaction: its records and its commits count from now on."""
        self.check(transactional_id, epoch)
        transaction = self._open.pop(transactional_id)
        for group, offsets in transaction.commits.items():
            group.committed.update(offsets)
        self._end(transaction)

    def abort(self, transactional_id: str, epoch: int) -> None:
        """End the open transaction: it has never been. Raises `ProducerFenced`."""
        self.check(transactional_id, epoch)
        self.abort_open(transactional_id)

    def abort_open(self, transactional_id: str) -> None:
        """End the open transaction, if there is one: it has never been."""
        transaction = self._open.pop(transactional_id, None)
        if transaction is None:
            return
        for partition, offsets in transaction.offsets.items():
            partition.aborted.update(offsets)
        self._end(transaction)

    @staticmethod
    def _end(transaction: Transaction) -> None:
        for partition in transaction.offsets:
            partition.unstable.pop(transaction, None)
            partition.append_mark()
