"""The process manager: a state machine, events in, commands out, for what takes many steps.

Its state, the commands that it sends and the mark "this event was seen" are one
transaction: after a crash all are there or none, so no command is forgotten, and none is
sent for a state that was never kept. Hohpe and Woolf describe it under this name; the
orchestrator of a saga is one (Richardson).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from sandbox.clock import Clock, WallClock
from sandbox.errors import UnreadableRecord, UsageError
from sandbox.messages import Command, Envelope, Event, Record
from sandbox.patterns.inbox import Inbox
from sandbox.patterns.outbox import Outbox
from sandbox.patterns.states import to_kept
from sandbox.ports import Database, Row, Topic

State = TypeVar("State")
Send = tuple[Topic | str, Event | Command]

TABLE = """
CREATE TABLE IF NOT EXISTS processes (
    manager TEXT, id TEXT, state BLOB NOT NULL, begun BLOB NOT NULL, due TEXT, PRIMARY KEY (manager, id)
) WITHOUT ROWID
"""
ALARMS = "CREATE INDEX IF NOT EXISTS alarms ON processes (manager, due) WHERE due IS NOT NULL"
FIND = "SELECT * FROM processes WHERE manager = ? AND id = ?"
KEEP = """
INSERT INTO processes VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET state = excluded.state, due = excluded.due
"""
FORGET_TIME = "UPDATE processes SET due = NULL WHERE manager = ? AND id = ?"
NEXT = "SELECT min(due) AS due FROM processes WHERE manager = ? AND due IS NOT NULL"
DUE = "SELECT * FROM processes WHERE manager = ? AND due <= ? ORDER BY due, id"


@dataclass(frozen=True)
class TimedOut(Event):
    """Nothing has moved the process on since it asked to be woken."""

    id: str


@dataclass(frozen=True)
class Reaction(Generic[State]):
    """The state from now on, what goes out, and when to wake it where nothing comes before."""

    state: State
    send: Iterable[Send] = ()
    wake_in_ms: float | None = None


React = Callable[[State | None, Event], Reaction[State] | None]


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a process began with: all that it says later belongs to that conversation."""

    envelope: Envelope


class ProcessManager(Generic[State]):
    """The processes of one kind, each with a state in `db` under an id of its own.

    `about` says which process an event is about, or `None`. `react` gets the process's
    state (`None`: there is no such process yet) and the event, and says what comes of it:
    a `Reaction`, or `None` where nothing does. It may not look at a clock or at anything
    outside; time comes to it as `TimedOut`. States are objects of the class `kind`.

    >>> manager = ProcessManager(db, "checkout", Checkout, react, about=lambda e: e.order_id)
    >>> bus.subscribe([orders, answers], group="checkout", handle=manager.handle)
    >>> manager.wake()                  # now and then: whatever is due
    >>> Relay(manager.outbox, bus).run()  # and its commands go out
    """

    def __init__(
        self,
        db: Database,
        name: str,
        kind: type[State],
        react: React,
        *,
        about: Callable[[Event], str | None],
        clock: Clock | None = None,
    ) -> None:
        self.db = db
        self.name = name
        self.clock = clock or WallClock()
        self.inbox = Inbox(db, name)
        self.outbox = Outbox(db, self.clock)
        self._react = react
        self._about = about
        self._decode = msgspec.json.Decoder(kind).decode
        db.execute(TABLE)
        db.execute(ALARMS)

    def __repr__(self) -> str:
        (row,) = self.db.execute("SELECT count(*) AS n FROM processes WHERE manager = ?", [self.name])
        return f"Process manager {self.name}: {row['n']} processes"

    def handle(self, record: Record) -> None:
        """React to an event, once, however often it is delivered.

        Raises what `react` raises; nothing is kept then, and the record can come again.
        """
        event = record.event
        id = None if isinstance(event, Command) else self._about(event)
        if id is None:
            return
        with self.db.transaction():
            if self.inbox.first_time(record):
                self._do(id, self._row(id), event, record)

    def wake(self) -> int:
        """Tell every process whose time is up (`TimedOut`); return how many that were."""
        woken = 0
        for due in self.db.execute(DUE, [self.name, _text(self.clock.now())]):
            with self.db.transaction():
                row = self._row(due["id"])
                if row["due"] == due["due"]:  # nobody has moved it on since we looked
                    begun = _Begun(msgspec.json.decode(row["begun"], type=Envelope))
                    self._do(row["id"], row, TimedOut(row["id"]), begun)
                    woken += 1
        return woken

    def next_wake(self) -> datetime | None:
        """When the first process asks to be woken, or `None` where none does."""
        (row,) = self.db.execute(NEXT, [self.name])
        return datetime.fromisoformat(row["due"]) if row["due"] else None

    def state(self, id: str) -> State | None:
        """What is known of a process, or `None` where there is none. Raises `UnreadableRecord`."""
        row = self._row(id)
        return None if row is None else self._state_of(row)

    def states(self) -> dict[str, State]:
        """All processes, by id."""
        rows = self.db.execute("SELECT * FROM processes WHERE manager = ? ORDER BY id", [self.name])
        return {row["id"]: self._state_of(row) for row in rows}

    def _do(self, id: str, row: Row | None, event: Event, cause: "Record | _Begun") -> None:
        """What comes of `event`; inside a transaction."""
        reaction = self._react(None if row is None else self._state_of(row), event)
        if reaction is None:
            if isinstance(event, TimedOut):
                self.db.execute(FORGET_TIME, [self.name, id])
            return
        if not isinstance(reaction, Reaction):
            raise UsageError(
                f"react answered {event!r} with {reaction!r}. Have it return Reaction(…) or None."
            )
        wake_in_ms, due = reaction.wake_in_ms, None
        if wake_in_ms is not None:
            due = _text(self.clock.now() + timedelta(milliseconds=wake_in_ms))
        state = to_kept(reaction.state, self._decode)
        begun = msgspec.json.encode(cause.envelope) if row is None else row["begun"]
        self.db.execute(KEEP, [self.name, id, state, begun, due])
        for topic, message in reaction.send:
            self.outbox.add(topic, message, key=id, subject=id, cause=cause)

    def _row(self, id: str) -> Row | None:
        rows = self.db.execute(FIND, [self.name, id])
        return rows[0] if rows else None

    def _state_of(self, row: Row) -> State:
        try:
            return self._decode(row["state"])
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(
                f"the state of {row['id']} in {self.name} is none of its class: {error}. "
                "Was the class changed while processes were under way? Give new fields a default."
            ) from error


def _text(time: datetime) -> str:
    """Of one length, so that texts compare as times do."""
    return time.isoformat(timespec="microseconds")
