"""Streams of events in a SQLite database: a file, or memory.

SQLite lets one process write at a time, and a position is taken inside that turn. So
positions are committed in their order, and who reads on from the last one that it saw
passes by no late committer.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from sandbox.clock import Clock, WallClock
from sandbox.delivery import author_and_cause
from sandbox.errors import ConcurrencyConflict, UnreadableRecord, UsageError
from sandbox.messages import Envelope, Event, Record
from sandbox.messages.envelope import seal
from sandbox.messages.event import Published, check_is_payload
from sandbox.ports import Database, Row, StoredEvent
from sandbox.schema import Upcasters

# AUTOINCREMENT gives no position twice; a stream's versions have no gaps and no twins.
TABLE = """
CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    envelope BLOB NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (stream, version)
)
"""
WHERE = """
SELECT (SELECT coalesce(max(version), 0) FROM events WHERE stream = ?) AS version,
       (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events') AS position
"""
VERSION = "SELECT coalesce(max(version), 0) AS version FROM events WHERE stream = ?"
POSITION = "SELECT coalesce(max(position), 0) AS position FROM events"
ADD = "INSERT INTO events VALUES (?, ?, ?, ?, ?)"
OF_STREAM = "SELECT * FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ?"
OF_ALL = "SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?"
PAGE = 1_000  # rows in memory at a time
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Envelope).decode


class SqliteEventStore:
    """See `sandbox.ports.EventStore`. `db` may hold other tables of the same service.

    Inside `with db.transaction():` an append is part of it. `upcasters` lead events that
    were stored in an older shape to today's, when they are read.
    """

    def __init__(
        self, db: Database, clock: Clock | None = None, *, upcasters: Upcasters | None = None
    ) -> None:
        self.db = db
        self.clock = clock or WallClock()
        self.upcasters = upcasters or Upcasters()
        self._published = Published()
        db.execute(TABLE)

    def __repr__(self) -> str:
        return f"Event store of {self.db.name}, at position {self.position()}"

    def append(
        self,
        stream: str,
        events: Sequence[Event],
        *,
        expected_version: int,
        cause: Record | StoredEvent | None = None,
        source: str | None = None,
    ) -> list[StoredEvent]:
        _check(stream, expected_version)
        for event in events:
            self._learn(event)
        if self.db.in_transaction:
            return self._append(stream, events, expected_version, cause, source)
        with self.db.transaction():
            return self._append(stream, events, expected_version, cause, source)

    def read(self, stream: str, *, after: int = 0) -> Iterator[StoredEvent]:
        rows = self.db.execute(OF_STREAM, [stream, after, PAGE])
        while rows:
            yield from map(self._stored, rows)
            full, after = len(rows) == PAGE, rows[-1]["version"]
            rows = self.db.execute(OF_STREAM, [stream, after, PAGE]) if full else []

    def version(self, stream: str) -> int:
        return self.db.execute(VERSION, [stream])[0]["version"]

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[StoredEvent]:
        return islice(self._read_all(after), limit)

    def position(self) -> int:
        return self.db.execute(POSITION)[0]["position"]

    def close(self) -> None:
        """Let go of the database."""
        self.db.close()

    def _append(
        self,
        stream: str,
        events: Sequence[Event],
        expected: int,
        cause: Record | StoredEvent | None,
        source: str | None,
    ) -> list[StoredEvent]:
        (found,) = self.db.execute(WHERE, [stream])
        actual = found["version"]
        if actual != expected:
            raise ConcurrencyConflict(
                f"{stream} is at version {actual}, and was expected at {expected}: somebody else has "
                "appended meanwhile. Nothing was written. Read it again, and decide again.",
                stream=stream,
                expected=expected,
                actual=actual,
            )
        author, cause = author_and_cause(source, cause)
        led_to = cause.envelope if cause is not None else None
        now = self.clock.now()  # what is decided at once happens at once
        made = []
        for number, event in enumerate(events, start=1):
            position, name = found["position"] + number, type(event).type_name
            envelope = seal(name, f"{self.db.name}-{position}", author, now, stream, led_to)
            made.append(StoredEvent(stream, actual + number, position, event, envelope))
        rows = [(s.position, stream, s.version, _encode(s.envelope), s.event.to_json()) for s in made]
        if len(rows) == 1:  # the usual case, for which one statement will do
            self.db.execute(ADD, rows[0])
        else:
            self.db.execute_many(ADD, rows)
        return made

    def _learn(self, event: Event) -> None:
        """Raises `InvalidEvent`. Where two modules have a class of one name, it is the one appended here."""
        check_is_payload(event)
        cls = type(event)
        if self._published.of.get(cls.type_name) is not cls:
            self._published.add(cls)

    def _read_all(self, after: int) -> Iterator[StoredEvent]:
        while rows := self.db.execute(OF_ALL, [after, PAGE]):
            yield from map(self._stored, rows)
            after = rows[-1]["position"]

    def _stored(self, row: Row) -> StoredEvent:
        """Raises `UnreadableRecord` for an event of an unknown class, or that doesn't fit it."""
        position, stream, version, envelope, data = row.values()
        try:
            envelope = _decode(envelope)
            event = self._published.read(*self.upcasters.upcast(envelope.type, data))
        except (UnreadableRecord, msgspec.MsgspecError) as error:
            raise UnreadableRecord(f"{stream} version {version}, position {position}: {error}") from error
        return StoredEvent(stream, version, position, event, envelope)


def _check(stream: str, expected_version: int) -> None:
    if not isinstance(stream, str) or not stream:
        raise UsageError(f"a stream's name is a text, such as 'account-7', not {stream!r}.")
    if isinstance(expected_version, bool) or not isinstance(expected_version, int) or expected_version < 0:
        raise UsageError(
            "expected_version is the number of events that the stream has, 0 or more, "
            f"not {expected_version!r}."
        )
