"""What a log forgets: retention by time and by size, and compaction.

A log is cut into segments: a new one begins with the first record that finds the active
one `segment_ms` old or `segment_bytes` long. Retention takes whole segments off the front.
Compaction keeps, of the segments that are closed, the last record of each key, and forgets
a tombstone `delete_retention_ms` after it was written; the active segment is not touched.
Kafka does this in the background, some time after it may; here it is done as soon as it
may, whenever somebody looks. https://kafka.apache.org/documentation/#compaction
"""

from datetime import datetime, timedelta

from sandbox.messages.record import Stored
from sandbox.ports import TopicOptions
from sandbox.sim.partition import MARK, Partition

OVERHEAD_BYTES = 70  # of a record in Kafka's format, beside key and value: a usual one


class Cleaner:
    """Cleans one partition, and knows its segments."""

    def __init__(self, partition: Partition, options: TopicOptions) -> None:
        self._partition = partition
        self._options = options
        self._starts = [0]  # the first offset of each segment; the last one is active
        self._seen = 0  # up to where segments have been cut
        self._active_bytes = 0
        self._active_since: datetime | None = None

    def clean(self, now: datetime) -> None:
        """Forget what may be forgotten at `now`."""
        self._cut()
        if self._options.cleanup_policy == "compact":
            self._compact(now)
        self._expire(now)

    def _cut(self) -> None:
        oldest = timedelta(milliseconds=self._options.segment_ms)
        for offset, stored in self._partition.items(self._seen, self._partition.end):
            if stored is MARK:
                continue
            size = _size(stored)
            if self._active_since is None:
                self._active_since = stored.timestamp
            old = stored.timestamp - self._active_since > oldest
            full = self._active_bytes and self._active_bytes + size > self._options.segment_bytes
            if old or full:
                self._starts.append(offset)
                self._active_bytes, self._active_since = 0, stored.timestamp
            self._active_bytes += size
        self._seen = self._partition.end

    def _compact(self, now: datetime) -> None:
        partition = self._partition
        end = min(self._starts[-1], partition.stable_end)  # what may yet be aborted isn't touched
        closed = list(partition.items(partition.start, end))
        last = {
            stored.key: offset
            for offset, stored in closed
            if stored is not MARK and offset not in partition.aborted
        }
        forgets = timedelta(milliseconds=self._options.delete_retention_ms)

        def stays(offset: int, stored: Stored) -> bool:
            if stored is MARK:
                return True
            if offset in partition.aborted or last[stored.key] != offset:
                return False
            return stored.value is not None or now - stored.timestamp <= forgets

        gone = {offset for offset, stored in closed if not stays(offset, stored)}
        if gone:
            partition.take_out(gone)

    def _expire(self, now: datetime) -> None:
        """Take whole segments off the front; where the active one goes, too, the log is empty."""
        while self._starts[0] < self._partition.end and self._may_go(now):
            end = self._starts[1] if len(self._starts) > 1 else self._partition.end
            if end > self._partition.stable_end:
                return
            self._partition.delete_before(end)
            self._starts = self._starts[1:] or [end]
            if self._starts == [self._partition.end]:
                self._active_bytes, self._active_since = 0, None

    def _may_go(self, now: datetime) -> bool:
        options, partition = self._options, self._partition
        end = self._starts[1] if len(self._starts) > 1 else partition.end
        segment = [stored for _, stored in partition.items(self._starts[0], end) if stored is not MARK]
        if options.retention_ms is not None and segment:
            newest = max(stored.timestamp for stored in segment)
            if now - newest > timedelta(milliseconds=options.retention_ms):
                return True
        if options.retention_bytes is not None and len(self._starts) > 1:
            rest = sum(_size(stored) for _, stored in partition.items(end, partition.end))
            return rest >= options.retention_bytes
        return False


def _size(stored: Stored) -> int:
    return OVERHEAD_BYTES + len(stored.key or b"") + len(stored.value or b"")
