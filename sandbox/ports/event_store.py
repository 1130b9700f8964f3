"""A store of events, by stream, as a protocol."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from sandbox.messages import Envelope, Event, Record


class StoredEvent(msgspec.Struct, frozen=True, gc=False):
    """An event in its stream, and in the whole store."""

    stream: str
    version: int  # in its stream, from 1
    position: int  # in the whole store, from 1; gaps are allowed, never seen out of order
    event: Event
    envelope: Envelope


class EventStore(Protocol):
    """Streams that only grow, each with a version."""

    def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        cause: Record | StoredEvent | None = None,
        source: str | None = None,
    ) -> list[StoredEvent]:
        """All or none. Raises `ConcurrencyConflict` when the stream's version differs."""
        ...

    def read(self, stream: str, *, after: int = 0) -> Iterator[StoredEvent]:
        """The stream's events after this version, in order."""
        ...

    def version(self, stream: str) -> int:
        """How many events the stream has; 0 where there is no such stream."""
        ...

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[StoredEvent]:
        """Every stream's events after this position, in order; never skips a late committer."""
        ...

    def position(self) -> int:
        """That of the last event that `read_all` would give."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...
