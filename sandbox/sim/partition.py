"""A partition: records in order, each at its offset for ever.

Offsets only grow. Retention takes records off the front, compaction out of the middle,
and the end of a transaction takes an offset for a mark that no reader sees; so offsets
have gaps, as in Kafka.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import count

from sandbox.messages import Record
from sandbox.messages.event import Published
from sandbox.messages.record import Stored

MARK = Stored(None, None, None, None)  # the end of a transaction


class Partition:
    """One ordered log."""

    def __init__(self, topic: str, number: int, published: Published) -> None:
        self.topic = topic
        self.number = number
        self.start = 0  # the first offset that may still be there
        self.end = 0  # the offset that the next record gets
        self.kept: list[Stored] = []
        self.offsets: list[int] | None = None  # of `kept`, as soon as there are gaps
        self.unstable: dict[object, int] = {}  # the first offset of each open transaction
        self.aborted: set[int] = set()
        self.held: list[int] = []  # offsets that nobody sees yet, nor what comes after them
        self._published = published

    @property
    def place(self) -> tuple[str, int]:
        """Topic and number, as everywhere in the sandbox."""
        return self.topic, self.number

    @property
    def visible_end(self) -> int:
        """Up to where readers see: Kafka's high watermark."""
        return min(self.held) if self.held else self.end

    @property
    def stable_end(self) -> int:
        """The last stable offset: from here on a transaction may still be open."""
        return min([self.visible_end, *self.unstable.values()]) if self.unstable else self.visible_end

    def append(self, stored: Stored) -> Record:
        """Add a record at the end."""
        offset = self.end
        self.end = offset + 1
        self.kept.append(stored)
        if self.offsets is not None:
            self.offsets.append(offset)
        return Record(self.topic, self.number, offset, stored, self._published)

    def append_mark(self) -> None:
        """Take an offset for the end of a transaction."""
        self._have_gaps()
        self.append(MARK)

    def read(self, offset: int, most: int, *, committed: bool = False) -> tuple[list[Record], int]:
        """The visible records from `offset` on, `most` of them at most, and where to go on.

        `committed` leaves out aborted transactions and stops before open ones.
        """
        end = self.stable_end if committed else self.visible_end
        topic, number, published = self.topic, self.number, self._published
        if self.offsets is None:
            last = min(end, offset + most)
            kept = self.kept[offset - self.start : last - self.start]
            return [
                Record(topic, number, at, stored, published)
                for at, stored in zip(count(offset), kept, strict=False)
            ], max(last, offset)
        found: list[Record] = []
        for i in range(self._index(offset), len(self.kept)):
            at, stored = self.offsets[i], self.kept[i]
            if at >= end or len(found) == most:
                return found, at
            if stored is not MARK and not (committed and at in self.aborted):
                found.append(Record(topic, number, at, stored, published))
        return found, max(end, offset)

    def delete_before(self, offset: int) -> None:
        """Take everything before `offset` off the front."""
        gone = self._index(offset)
        del self.kept[:gone]
        if self.offsets is not None:
            del self.offsets[:gone]
        self.start = offset

    def items(self, start: int, end: int) -> Iterator[tuple[int, Stored]]:
        """What is kept from `start` to before `end`, marks included, with its offsets."""
        for i in range(self._index(start), self._index(end)):
            yield (self.start + i if self.offsets is None else self.offsets[i]), self.kept[i]

    def take_out(self, gone: set[int]) -> None:
        """Take these offsets out of the log; what stays keeps its own."""
        self._have_gaps()
        pairs = zip(self.offsets, self.kept, strict=True)
        stay = [(offset, stored) for offset, stored in pairs if offset not in gone]
        self.offsets = [offset for offset, _ in stay]
        self.kept = [stored for _, stored in stay]

    def take_back(self) -> None:
        """Lose the last record: the next one gets its offset."""
        self.kept.pop()
        self.end -= 1
        if self.offsets is not None:
            self.offsets.pop()

    def _index(self, offset: int) -> int:
        """Where the first record at or after `offset` stands in `kept`."""
        if self.offsets is not None:
            return bisect_left(self.offsets, offset)
        return max(0, offset - self.start)

    def _have_gaps(self) -> None:
        if self.offsets is None:
            self.offsets = list(range(self.start, self.end))
