"""An event store for explored worlds: streams in memory that keep bytes, as a database does.

So each process reads the events with the classes of its own code, like any service.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sandbox.clock import OPENING
from sandbox.errors import ConcurrencyConflict, UsageError
from sandbox.messages import Envelope, Event, Record
from sandbox.messages.envelope import seal
from sandbox.messages.event import Published, check_is_payload
from sandbox.messages.vocabulary import Vocabulary
from sandbox.ports import StoredEvent

if TYPE_CHECKING:
    from sandbox.explore.process import Process

Read = Callable[[str, bytes], Event]


class Kept(NamedTuple):
    """One event, as bytes."""

    stream: str
    version: int
    position: int
    type: str
    data: bytes
    envelope: Envelope

    def told(self, read: Read) -> StoredEvent:
        """The event as whoever reads it knows it."""
        event = read(self.type, self.data)
        return StoredEvent(self.stream, self.version, self.position, event, self.envelope)


class MemoryEventStore:
    """See `sandbox.ports.EventStore`."""

    def __init__(self, name: str = "store") -> None:
        self.name = name
        self.kept: list[Kept] = []
        self.published = Published()

    def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        cause: Record | StoredEvent | None = None,
        source: str | None = None,
    ) -> list[StoredEvent]:
        if (
            isinstance(expected_version, bool)
            or not isinstance(expected_version, int)
            or expected_version < 0
        ):
            raise UsageError(f"expected_version is how many events the stream has, not {expected_version!r}.")
        actual = self.version(stream)
        if actual != expected_version:
            raise ConcurrencyConflict(
                f"{stream} is at version {actual}, and was expected at {expected_version}: somebody else has "
                "appended meanwhile. Nothing was written. Read it again, and decide again.",
                stream=stream,
                expected=expected_version,
                actual=actual,
            )
        made = []
        for version, event in enumerate(events, start=actual + 1):
            check_is_payload(event)
            position = len(self.kept) + len(made) + 1
            led_to = cause.envelope if cause is not None else None
            envelope = seal(
                event.type_name, f"event-{position}", source or self.name, OPENING, stream, led_to
            )
            made.append(Kept(stream, version, position, event.type_name, event.to_json(), envelope))
        self.kept += made
        for event in events:
            self.published.add(type(event))
        return [kept.told(self.published.read) for kept in made]

    def read(self, stream: str, *, after: int = 0) -> Iterator[StoredEvent]:
        return self.told(self.published.read, stream, after)

    def version(self, stream: str) -> int:
        return sum(kept.stream == stream for kept in self.kept)

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[StoredEvent]:
        return islice(self.told(self.published.read, None, after), limit)

    def position(self) -> int:
        return len(self.kept)

    def told(self, read: Read, stream: str | None, after: int) -> Iterator[StoredEvent]:
        """The events of a stream after a version, or all after a position, as somebody reads them."""
        for kept in self.kept:
            if (kept.position if stream is None else kept.version) > after and stream in (None, kept.stream):
                yield kept.told(read)


class SteppedEventStore:
    """A process's view of it. Actions: `append` and, without a trace of its own, `read`."""

    __slots__ = ("_process", "_store", "_vocabulary")

    def __init__(self, store: MemoryEventStore, process: "Process") -> None:
        self._store, self._process = store, process
        self._vocabulary = Vocabulary(process.loaded.classes, store.published.read)

    def __repr__(self) -> str:
        return f"Event store {self._store.name}"

    def append(
        self, stream: str, events: Sequence[Event], *, expected_version: int, **about: object
    ) -> list[StoredEvent]:
        do = partial(self._store.append, stream, events, expected_version=expected_version, **about)
        said = f"{stream} at {expected_version}: {', '.join(map(repr, events))}"
        made = self._process.step("append", do, label=said)
        return [self._store.kept[stored.position - 1].told(self._vocabulary.read) for stored in made]

    def read(self, stream: str, *, after: int = 0) -> list[StoredEvent]:
        return self._read(stream, after)

    def read_all(self, *, after: int = 0, limit: int | None = None) -> list[StoredEvent]:
        return self._read(None, after)[:limit]

    def version(self, stream: str) -> int:
        return self._process.step(
            "read", self._store.version, stream, quiet=True, label=f"version of {stream}"
        )

    def position(self) -> int:
        return self._process.step("read", self._store.position, quiet=True, label="position")

    def _read(self, stream: str | None, after: int) -> list[StoredEvent]:
        def read() -> list[StoredEvent]:
            return list(self._store.told(self._vocabulary.read, stream, after))

        said = f"{stream or 'all'} after {after}"
        return self._process.step("read", read, quiet=True, label=said)
