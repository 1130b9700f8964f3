"""The office: what was received and what was judged, as events in one SQLite file.

Beside the events stand two tables made from them in the same transactions: the texts that
are to be graded, and their verdicts.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sandbox.errors import ConstraintViolated
from sandbox.messages import Event
from sandbox.store import SqliteDatabase, SqliteEventStore
from sandbox.workshop.events import CellGraded, FileSetAside, GradingGivenUp, SubmissionReceived
from sandbox.workshop.files import Found, printable
from sandbox.workshop.reading import Read, exercises_of_file

TABLES = (
    "CREATE TABLE IF NOT EXISTS files (number TEXT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS cells (cell TEXT PRIMARY KEY, exercise TEXT NOT NULL, source TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS judged (cell TEXT PRIMARY KEY, card TEXT NOT NULL)",
)
NEW_FILE = "INSERT INTO files VALUES (?)"
NEW_CELL = "INSERT OR IGNORE INTO cells VALUES (?, ?, ?)"
JUDGED = "INSERT OR REPLACE INTO judged VALUES (?, ?)"
# By their digests, so that quick and slow exercises are mixed, and a time estimate holds.
WAITING = "SELECT cell, exercise, source FROM cells WHERE cell NOT IN (SELECT cell FROM judged) ORDER BY cell"


@dataclass(frozen=True)
class Cell:
    """A text that is to be graded. Equal texts are one cell, whoever has written them."""

    cell: str
    exercise: str
    source: str


class Office:
    """A workshop's folder. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.db = SqliteDatabase(folder / "workshop.sqlite", patience=30)
        self.store = SqliteEventStore(self.db)
        for table in TABLES:
            self.db.execute(table)

    def receive(self, files: Iterable[Found], deadline: datetime | None = None) -> list[Event]:
        """Take in what is new among them; what was received before is known, and left out."""
        taken: list[Event] = []
        for found in files:
            events, cells = _taken(found, deadline)
            number = _number(found.learner, found.name, found.data)
            try:
                with self.db.transaction():
                    self.db.execute(NEW_FILE, [number])
                    for cell in cells:
                        self.db.execute(NEW_CELL, [cell.cell, cell.exercise, cell.source])
                    stream = f"learner-{found.learner}"
                    self.store.append(stream, events, expected_version=self.store.version(stream))
            except ConstraintViolated:
                continue
            taken += events
        return taken

    def waiting(self) -> list[Cell]:
        """The texts without a verdict."""
        return [Cell(**row) for row in self.db.execute(WAITING)]

    def dead_letters(self) -> list[Cell]:
        """The texts that were given up, and have had no verdict since."""
        graded = {event.cell for event in self.events(CellGraded)}
        given_up = [event for event in self.events(GradingGivenUp) if event.cell not in graded]
        return [Cell(event.cell, event.exercise, self.source(event.cell)) for event in given_up]

    def judge(self, event: CellGraded | GradingGivenUp, card: str) -> bool:
        """Note what became of a text; `False` where that is known. A verdict ends a giving up."""
        stream = f"cell-{event.cell}"
        with self.db.transaction():
            known = [stored.event for stored in self.store.read(stream)]
            if known and (isinstance(known[-1], CellGraded) or isinstance(event, GradingGivenUp)):
                return False
            self.store.append(stream, [event], expected_version=len(known))
            self.db.execute(JUDGED, [event.cell, card])
        return True

    def judged(self) -> list[str]:
        """The texts with a verdict, or given up."""
        return [row["cell"] for row in self.db.execute("SELECT cell FROM judged")]

    def card(self, cell: str) -> str:
        """The verdict's page, as HTML; empty where there is none yet."""
        rows = self.db.execute("SELECT card FROM judged WHERE cell = ?", [cell])
        return rows[0]["card"] if rows else ""

    def source(self, cell: str) -> str:
        """The text itself."""
        return self.db.execute("SELECT source FROM cells WHERE cell = ?", [cell])[0]["source"]

    def events(self, *types: type[Event]) -> list[Event]:
        """All events of these types, in their order."""
        return [stored.event for stored in self.store.read_all() if isinstance(stored.event, types)]

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()


def _taken(found: Found, deadline: datetime | None) -> tuple[list[Event], list[Cell]]:
    """What is in a file: a submission with its cells, and what of it has to be set aside, and why."""
    try:
        read = exercises_of_file(found)
    except Exception as error:  # whatever is wrong with one file, the others are taken in
        read = Read({}, (f"it can't be taken in: {error!r}",))
    events: list[Event] = []
    cells = [Cell(_number(exercise, source), exercise, source) for exercise, source in read.sources.items()]
    if cells:
        late = found.late or (deadline is not None and found.received > deadline)
        received = found.received.astimezone(UTC).isoformat()
        numbers = {cell.exercise: cell.cell for cell in cells}
        events.append(SubmissionReceived(found.learner, found.name, received, late, numbers, found.remark))
    if read.problems:
        events.append(FileSetAside(found.learner, found.name, printable("; ".join(read.problems))))
    return events, cells


def _number(*parts: str | bytes) -> str:
    """A number for these parts: equal parts have equal numbers."""
    made = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(8, "big") + data)
    return made.hexdigest()[:20]
