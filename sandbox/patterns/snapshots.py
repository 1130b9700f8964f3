"""Snapshots: states that are kept, so that a long stream needn't be replayed from its beginning.

A snapshot is a copy that can be wrong: damaged, made by other code, or of another stream
than there is now. So each one can be told from a good one, and without it the events are
replayed; they are the truth.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

import msgspec

from sandbox.errors import UsageError
from sandbox.patterns.states import to_kept
from sandbox.ports import Database, EventStore, StoredEvent

State = TypeVar("State")

TABLE = """
CREATE TABLE IF NOT EXISTS snapshots (
    stream TEXT, schema INTEGER, version INTEGER NOT NULL, event_id TEXT NOT NULL,
    state BLOB NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (stream, schema)
)
"""
FIND = "SELECT * FROM snapshots WHERE stream = ? AND schema = ?"


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[State]):
    """A state, and the event that it was the state after."""

    state: State
    version: int
    event_id: str


class Snapshots(Generic[State]):
    """The snapshots of one kind of aggregate.

    `kind` is the class of its states. `schema` is a number of yours: raise it whenever the
    class or `evolve` changes, and older snapshots count no more. A program of before the
    change keeps its own beside them. One is taken where a load had to replay `every` events.
    """

    def __init__(self, db: Database, kind: type[State], *, schema: int = 1, every: int = 100) -> None:
        if every < 1:
            raise UsageError(f"a snapshot is taken after one event or more, not {every}.")
        self.db = db
        self.schema = schema
        self.every = every
        self._decode = msgspec.json.Decoder(kind).decode
        db.execute(TABLE)

    def find(self, stream: str, store: EventStore) -> tuple[Snapshot[State] | None, str]:
        """The snapshot, where there is a good one; else why the one that is there is none."""
        rows = self.db.execute(FIND, [stream, self.schema])
        if not rows:
            return None, ""
        row = rows[0]
        if row["digest"] != _digest(row["version"], row["event_id"], row["state"]):
            return None, f"the snapshot at version {row['version']} is damaged"
        try:
            state = self._decode(row["state"])
        except msgspec.MsgspecError as error:
            return None, f"the snapshot at version {row['version']} is no state of this schema: {error}"
        last = next(store.read(stream, after=row["version"] - 1), None)
        if last is None or last.envelope.id != row["event_id"]:
            return (
                None,
                f"the stream has another event at version {row['version']} than the snapshot, or none",
            )
        return Snapshot(state, row["version"], row["event_id"]), ""

    def save(self, state: State, last: StoredEvent) -> None:
        """Keep `state`, which `last` led to, in place of an older snapshot.

        Raises `UsageError` for a state that would be read back as another one.
        """
        data = to_kept(state, self._decode)
        row = (last.stream, self.schema, last.version, last.envelope.id, data)
        digest = _digest(last.version, last.envelope.id, data)
        self.db.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?)", (*row, digest))


def _digest(version: int, event_id: str, state: bytes) -> bytes:
    return blake2b(f"{version} {event_id} ".encode() + state, digest_size=8).digest()
