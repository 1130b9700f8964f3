"""What the room says, taken in once: an event store with an inbox before it, and its projection.

A bus delivers at least once, and in no order that counts across learners. So a record is
marked and stored in one transaction, and the read model puts each learner's events in
order by their own numbers: whatever comes twice, late or mixed up changes no count.
"""

import secrets
from collections.abc import Callable
from datetime import datetime

from sandbox.errors import MessageIdReused, UnreadableRecord
from sandbox.messages import Record
from sandbox.patterns import Inbox, Projection
from sandbox.ports import Database
from sandbox.room.events import LearnerJoined, LearnerLeft, VerdictGiven
from sandbox.store import SqliteEventStore

TEXT_MAX = 400  # of a field; ours are shorter, and everybody in the room can write to the bus
RESULTS = ("PASS", "FAIL", "UNKNOWN")
MADE = "CREATE TABLE IF NOT EXISTS dashboard (number TEXT)"
PRESENT = "member TEXT PRIMARY KEY, learner TEXT, at TEXT, gone INTEGER"
GIVEN = """
member TEXT, number INTEGER, at TEXT, exercise TEXT, result TEXT, invariant TEXT, misconception TEXT,
PRIMARY KEY (member, number)
"""


class Intake:
    """The dashboard's memory, in a database. Several dashboards may use one at once."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.store = SqliteEventStore(self.db)
        self.inbox = Inbox(self.db, "dashboard")
        self.refused = 0  # records that are nothing of ours
        self.present = Projection(
            self.db, "present", PRESENT, {LearnerJoined: _joined, VerdictGiven: _joined, LearnerLeft: _left}
        )
        self.given = Projection(self.db, "given", GIVEN, {VerdictGiven: _verdict, LearnerLeft: _forget})
        self.group = f"dashboard-{self._number()}"  # who has another memory reads everything by itself

    def __repr__(self) -> str:
        return f"Intake: {self.store.position()} events"

    def take(self, record: Record) -> None:
        """Store one record, the first time that it comes; what is none of ours is passed by."""
        try:
            event = record.event
            if not _is_sound(event):
                raise UnreadableRecord(f"{record.place} has fields that we don't write")
            with self.db.transaction():
                if self.inbox.first_time(record):
                    version = self.store.version(event.member)
                    self.store.append(event.member, [event], expected_version=version)
        except (UnreadableRecord, MessageIdReused):
            self.refused += 1

    def catch_up(self) -> None:
        """Bring the read models up to what is stored."""
        self.present.catch_up(self.store)
        self.given.catch_up(self.store)

    def rebuild(self) -> None:
        """Build the read models anew from the events."""
        self.present.rebuild(self.store)
        self.given.rebuild(self.store)

    def _number(self) -> str:
        with self.db.transaction():
            self.db.execute(MADE)
            if not (rows := self.db.execute("SELECT number FROM dashboard")):
                self.db.execute("INSERT INTO dashboard VALUES (?)", [secrets.token_hex(4)])
                rows = self.db.execute("SELECT number FROM dashboard")
        return rows[0]["number"]


def _is_sound(event: object) -> bool:
    if not isinstance(event, LearnerJoined | VerdictGiven | LearnerLeft):
        return False
    texts = [value for value in vars(event).values() if isinstance(value, str)]
    try:
        moment = datetime.fromisoformat(event.at)
    except ValueError:
        return False
    whole = 0 < event.number < 1 << 31 and moment.tzinfo is not None
    known = not isinstance(event, VerdictGiven) or event.result in RESULTS
    return (
        whole
        and known
        and all(len(text) <= TEXT_MAX and text.isprintable() for text in texts)
        and bool(event.member)
    )


def _joined(db: Database, table: str, event: LearnerJoined | VerdictGiven) -> None:
    db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, 0)", [event.member, event.learner, event.at])


def _left(db: Database, table: str, event: LearnerLeft) -> None:
    db.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, '', ?, 1)", [event.member, event.at])


def _verdict(db: Database, table: str, event: VerdictGiven) -> None:
    values = [
        event.member,
        event.number,
        event.at,
        event.exercise,
        event.result,
        event.invariant,
        event.misconception,
    ]
    db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _forget(db: Database, table: str, event: LearnerLeft) -> None:
    db.execute(f"DELETE FROM {table} WHERE member = ?", [event.member])


def take_all(intake: Intake, poll: Callable[[], list[Record]], commit: Callable[[], object]) -> int:
    """Take in what waits on the bus, and commit it after; how much that was."""
    records = poll()
    for record in records:
        intake.take(record)
    if records:
        commit()
    intake.catch_up()
    return len(records)
