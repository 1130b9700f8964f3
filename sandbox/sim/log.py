"""The log: a topic's partitions, each a list that only grows.

An offset is an index into that list, so the end offset is its length.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sandbox.messages import Envelope, Record
from sandbox.messages.keys import key_from_bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log keeps of one record: bytes, not objects, as a broker does."""

    key: bytes | None
    value: bytes
    envelope: Envelope
    timestamp: datetime
    headers: Mapping[str, bytes]


class Log:
    """The partitions of one topic."""

    def __init__(self, topic: str, partitions: int, published: Mapping[str, type]) -> None:
        self.topic = topic
        self._published = published
        self._partitions: list[list[Entry]] = [[] for _ in range(partitions)]

    def append(self, partition: int, entry: Entry) -> Record:
        """Add `entry` at the end of `partition`; its offset is the end offset of before."""
        self._partitions[partition].append(entry)
        return self._record(partition, self.end_offset(partition) - 1)

    def end_offset(self, partition: int) -> int:
        """The offset that the next record will get."""
        return len(self._partitions[partition])

    def start_offset(self, partition: int) -> int:
        """The first offset that is still there."""
        return 0

    def read(self, partition: int, offset: int, most: int) -> list[Record]:
        """The records of `partition` from `offset` to the end, in order, `most` at most."""
        end = min(self.end_offset(partition), offset + most)
        return [self._record(partition, at) for at in range(offset, end)]

    def _record(self, partition: int, offset: int) -> Record:
        entry = self._partitions[partition][offset]
        return Record(
            topic=self.topic,
            partition=partition,
            offset=offset,
            key=key_from_bytes(entry.key),
            value=entry.value,
            envelope=entry.envelope,
            published=self._published,
            timestamp=entry.timestamp,
            headers=entry.headers,
        )
