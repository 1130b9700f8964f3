"""Change data capture: the alternative to an outbox, where the code that writes can't be changed.

Triggers note each change of a table in the transaction that makes it; a relay publishes the
changes. Big databases are read from their own log instead (Debezium does), which costs the
writers nothing. Either way a row says what changed and not why: no intent, no cause, and
the columns have become a contract with the readers. An outbox says what was meant.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.errors import UsageError
from sandbox.messages import Command, Event, Key
from sandbox.ports import Bus, Database, Topic

TABLE = """
CREATE TABLE IF NOT EXISTS changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    changed TEXT NOT NULL,
    operation TEXT NOT NULL,
    before TEXT,
    after TEXT
)
"""
SIDES = {"insert": ("NULL", "NEW"), "update": ("OLD", "NEW"), "delete": ("OLD", "NULL")}
BATCH = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One row's change: what the row was, and what it is."""

    sequence: int
    table: str
    operation: str  # insert, update or delete
    before: Mapping[str, object] | None  # None: there was no row
    after: Mapping[str, object] | None  # None: there is no row


Told = tuple[Topic | str, Event | Command, Key]
Tell = Callable[[Change], Told | None]


def capture_changes(db: Database, table: str) -> None:
    """Note every change of `table` from now on; call it again when its columns have changed.

    A column of bytes can't be captured. What `INSERT OR REPLACE` replaces is not noted,
    unless the database has `recursive_triggers` on (https://sqlite.org/lang_conflict.html).
    Raises `UsageError` where there is no such table.
    """
    if not re.fullmatch(r"\w+", table):
        raise UsageError(f"{table!r} can't be captured: a table's name has letters, digits and '_'.")
    columns = [row["name"] for row in db.execute("SELECT name FROM pragma_table_info(?)", [table])]
    if not columns:
        raise UsageError(f"{db.name} has no table {table!r}: create it before its changes are captured.")
    db.execute(TABLE)
    for operation, sides in SIDES.items():
        before, after = (_row_as_json(side, columns) for side in sides)
        db.execute(f"DROP TRIGGER IF EXISTS {table}_{operation}_captured")
        db.execute(
            f'CREATE TRIGGER {table}_{operation}_captured AFTER {operation} ON "{table}" BEGIN '
            "INSERT INTO changes (changed, operation, before, after) "
            f"VALUES ('{table}', '{operation}', {before}, {after}); END"
        )


def _row_as_json(side: str, columns: list[str]) -> str:
    if side == "NULL":
        return side
    pairs = ", ".join(f"""'{name.replace("'", "''")}', {side}."{name}\"""" for name in columns)
    return f"json_object({pairs})"


class ChangeRelay:
    """Publishes the captured changes of `db`, at least once and in their order, as `Relay` does.

    `tell` makes a message of a change: topic, event and key, or `None` where nobody is to
    hear of it. It has to give the same message for the same change: it may be asked twice.
    """

    def __init__(self, db: Database, bus: Bus, tell: Tell) -> None:
        self.db = db
        self.bus = bus
        self.tell = tell

    def run(self) -> int:
        """Publish every change that waits; return how many messages that were."""
        published = 0
        while rows := self.db.execute("SELECT * FROM changes ORDER BY sequence LIMIT ?", [BATCH]):
            for row in rows:
                if told := self.tell(_change(row)):
                    topic, event, key = told
                    id = f"{self.db.name}-change-{row['sequence']}"
                    self.bus.publish(topic, event, key, id=id, source=self.db.name)
                    published += 1
                self.db.execute("DELETE FROM changes WHERE sequence = ?", [row["sequence"]])
        return published


def _change(row: Mapping[str, object]) -> Change:
    before, after = (json.loads(row[side]) if row[side] else None for side in ("before", "after"))
    return Change(row["sequence"], row["changed"], row["operation"], before, after)
