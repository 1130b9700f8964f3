"""The projection: builds a read model from the events of a store.

How far it has come, its checkpoint, is written in the same transaction as what it did with
the events, so it does each of them once, whatever dies in between.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from sandbox.clock import VirtualClock
from sandbox.errors import CheckpointAhead, ProjectionBehind, UsageError
from sandbox.messages import Event
from sandbox.ports import Database, EventStore, Row, StoredEvent

CHECKPOINTS = """
CREATE TABLE IF NOT EXISTS checkpoints (
    name TEXT, version INTEGER, position INTEGER NOT NULL, live INTEGER NOT NULL, PRIMARY KEY (name, version)
)
"""
BATCH = 500
LOOK_AGAIN_MS = 10

Apply = Callable[[Database, str, Event], object]


class Projection:
    """A read model in a table of `db`, which readers find under `name`.

    `when` says what each class of events does to it; all others are passed by, unread. The
    function is given the table's name, since two versions of a read model have one each.

    >>> def add(db, table, event):
    ...     db.execute(f"INSERT INTO {table} VALUES (?, ?)", [event.order_id, event.total])
    >>> orders = Projection(db, "orders", "order_id TEXT, total INTEGER", {OrderPlaced: add})
    >>> orders.catch_up(store)

    Raise `version` whenever the columns or the functions change: it is built beside the
    live one, from the first event on, until `switch` has the readers find it.
    """

    def __init__(
        self,
        db: Database,
        name: str,
        columns: str,
        when: Mapping[type[Event], Apply],
        *,
        version: int = 1,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise UsageError(f"{name!r} can't name a read model: take letters, digits and '_'.")
        self.db = db
        self.name = name
        self.version = version
        self.table = f"{name}_{version}"
        self._when = {cls.type_name: apply for cls, apply in when.items()}
        db.execute(CHECKPOINTS)
        with db.transaction():
            db.execute(f"CREATE TABLE IF NOT EXISTS {self.table} ({columns})")
            db.execute("INSERT OR IGNORE INTO checkpoints VALUES (?, ?, 0, 0)", [name, version])
            if self._live() is None:
                self._go_live()

    def __repr__(self) -> str:
        live = "live" if self.is_live else "not live"
        return f"Projection {self.name}, version {self.version}, {live}, at position {self.position}"

    @property
    def position(self) -> int:
        """The checkpoint: every event up to this position of the store is in the read model."""
        (row,) = self.db.execute(
            "SELECT position FROM checkpoints WHERE name = ? AND version = ?", [self.name, self.version]
        )
        return row["position"]

    @property
    def is_live(self) -> bool:
        """Is this the version that readers find?"""
        live = self._live()
        return live is not None and live["version"] == self.version

    def catch_up(self, store: EventStore) -> int:
        """Take in all that the store has by now; return how many events that were.

        An exception of a function comes out; what came before its batch is kept, and the
        next call begins with that batch. Raises `CheckpointAhead` for another store.
        """
        taken = 0
        while count := self._take(store):
            taken += count
        return taken

    def rebuild(self, store: EventStore) -> int:
        """Build it anew from the first event on, in one transaction: readers see all or nothing of it.

        Nobody else can write to the database meanwhile. Where that takes too long, build a
        new `version` beside this one.
        """
        with self.db.transaction():
            self.db.execute(f"DELETE FROM {self.table}")
            self._move_to(0)
            return self._apply(store.read_all())

    def wait_for(self, position: int, clock: VirtualClock, *, within_ms: int) -> None:
        """Let time pass until the read model has the event at `position`, to read one's own write.

        Raises `ProjectionBehind` where that takes more than `within_ms` milliseconds.
        """
        deadline = clock.now() + timedelta(milliseconds=within_ms)
        while (reached := self.position) < position:
            if clock.now() >= deadline:
                raise ProjectionBehind(
                    f"{self.name} has come to position {reached}, and not to {position} within "
                    f"{within_ms} ms: wait longer, or show what there is. Does somebody call catch_up?"
                )
            clock.advance(LOOK_AGAIN_MS)

    def switch(self) -> None:
        """Have readers find this version from now on.

        Raises `ProjectionBehind` where they would see less than they have seen already.
        """
        with self.db.transaction():
            live, reached = self._live(), self.position
            if reached < live["position"]:
                raise ProjectionBehind(
                    f"version {self.version} of {self.name} has come to position {reached}, and the live "
                    f"version {live['version']} to {live['position']}: catch up, and switch then."
                )
            self._go_live()

    def drop(self) -> None:
        """Forget this version. Raises `UsageError` while it is live."""
        with self.db.transaction():
            if self.is_live:
                raise UsageError(
                    f"version {self.version} of {self.name} is live: switch to another one first."
                )
            self.db.execute(f"DROP TABLE {self.table}")
            self.db.execute(
                "DELETE FROM checkpoints WHERE name = ? AND version = ?", [self.name, self.version]
            )

    def _take(self, store: EventStore) -> int:
        with self.db.transaction():
            position = self.position
            events = list(store.read_all(after=position, limit=BATCH))
            if not events and position > store.position():
                raise CheckpointAhead(
                    f"{self.name} has come to position {position}, and the store ends at {store.position()}: "
                    "it is another store, or one restored from a backup. rebuild() makes them agree."
                )
            return self._apply(events)

    def _apply(self, events: Iterable[StoredEvent]) -> int:
        """Do what `when` says, and move the checkpoint; inside a transaction."""
        count, last = 0, None
        for last in events:
            count += 1
            if apply := self._when.get(last.envelope.type):
                try:
                    apply(self.db, self.table, last.event)
                except Exception as error:
                    error.add_note(
                        f"{self.name} could not take in position {last.position}, {last.envelope.type} of "
                        f"{last.stream}. Its checkpoint stays before that."
                    )
                    raise
        if last is not None:
            self._move_to(last.position)
        return count

    def _move_to(self, position: int) -> None:
        self.db.execute(
            "UPDATE checkpoints SET position = ? WHERE name = ? AND version = ?",
            [position, self.name, self.version],
        )

    def _live(self) -> Row | None:
        rows = self.db.execute("SELECT * FROM checkpoints WHERE name = ? AND live", [self.name])
        return rows[0] if rows else None

    def _go_live(self) -> None:
        self.db.execute(
            "UPDATE checkpoints SET live = (version = ?) WHERE name = ?", [self.version, self.name]
        )
        self.db.execute(f"DROP VIEW IF EXISTS {self.name}")
        self.db.execute(f"CREATE VIEW {self.name} AS SELECT * FROM {self.table}")
