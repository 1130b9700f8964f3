"""What a trace doesn't say, noted while it grows: the time, who reads what, tables, dead letters.

It looks on and changes nothing: a watched run is the same as one that nobody watches.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sandbox.clock import OPENING
from sandbox.messages import Stored
from sandbox.patterns import DeadLetters
from sandbox.ports import Database, TopicPartition
from sandbox.sim.bus import SimulatedBus
from sandbox.trace import FOLLOW, Raw

ROWS_MAX = 40  # of a table: the newest ones
CHANGES = "SELECT total_changes() AS n"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"


class Deal(NamedTuple):
    """A rebalance: from this step on, these members read these partitions."""

    step: int
    group: str
    generation: int
    reads: dict[str, list[TopicPartition]]


class Content(NamedTuple):
    """What a table holds from this step on."""

    step: int
    database: str
    table: str
    columns: list[str]
    rows: list[list]
    total: int


class Letter(NamedTuple):
    """A dead letter, in words."""

    number: int
    place: str
    key: str
    content: str
    reason: str
    tries: int


class Aside(NamedTuple):
    """The dead letters of one reader from this step on."""

    step: int
    reader: str
    letters: list[Letter]


class Recorder:
    """Everything that the lab needs of one run on the simulated bus."""

    def __init__(self, bus: SimulatedBus) -> None:
        self.bus = bus
        self.beat = 0
        self.entries: list[Raw] = []
        self.beats: list[int] = []  # of each entry
        self.ms: list[int] = []  # since the café has opened
        self.group_of: dict[str, str] = {}  # of each member
        self.deals: list[Deal] = []
        self.contents: list[Content] = []
        self.asides: list[Aside] = []
        self.messages: dict[int, Stored] = {}  # of publications whose entry has no record
        self.databases: list[Database] = []
        self.letters: list[DeadLetters] = []
        self.gateways: list = []
        self._generation: dict[str, int] = {}
        self._changes: dict[int, int] = {}
        self._known: dict[tuple[str, str], list] = {}
        bus.trace.watch(self._look)

    def show(self, what: object) -> None:
        """From now on, this is looked at: a database, dead letters, a provider, or whatever `shows` some."""
        if isinstance(what, list | tuple):
            for each in what:
                self.show(each)
        elif hasattr(what, "shows"):
            self.show(list(what.shows))
        elif isinstance(what, DeadLetters):
            self.letters.append(what)
        elif hasattr(what, "charge"):
            self.gateways.append(what)
        elif hasattr(what, "execute"):
            self.databases.append(what)
        self.look_around()

    def look_around(self) -> None:
        """Note what has changed since the last entry; it counts as seen with that one."""
        for group in self.bus.groups.values():
            if self._generation.get(group.name) != group.generation:
                self._generation[group.name] = group.generation
                self.group_of |= dict.fromkeys(group.open, group.name)
                reads = {member.name: list(member.holds) for member in group.members.values()}
                self.deals.append(Deal(len(self.entries), group.name, group.generation, reads))
        for database in self.databases:
            if database.in_transaction:
                continue
            (row,) = database.execute(CHANGES)
            if self._changes.get(id(database)) != row["n"]:
                self._changes[id(database)] = row["n"]
                self._note_tables(database)

    def _look(self, raw: Raw) -> None:
        if raw.action == FOLLOW or not raw.actor:
            return
        self.entries.append(raw)
        self.beats.append(self.beat)
        if raw.action == "publish" and raw.partition is None:
            self._find_message(len(self.entries) - 1, raw.topic)
        self.ms.append(round((self.bus.clock.now() - OPENING).total_seconds() * 1000))
        self.look_around()

    def _find_message(self, number: int, place: str) -> None:
        """A record that comes twice is published in words alone; its content is in the log."""
        topic, _, rest = place.rpartition("[")
        partition, _, offset = rest.partition("]@")
        for _, stored in self.bus.partition((topic, int(partition))).items(int(offset), int(offset) + 1):
            self.messages[number] = stored

    def _note_tables(self, database: Database) -> None:
        step = len(self.entries)
        for table in [row["name"] for row in database.execute(TABLES)]:
            (count,) = database.execute(f'SELECT count(*) AS n FROM "{table}"')
            skip = max(0, count["n"] - ROWS_MAX)
            rows = database.execute(f'SELECT * FROM "{table}" LIMIT {ROWS_MAX} OFFSET {skip}')
            cells = [[in_a_cell(value) for value in row.values()] for row in rows]
            columns = list(rows[0]) if rows else self._columns(database, table)
            if self._known.get((database.name, table)) != [count["n"], cells]:
                self._known[database.name, table] = [count["n"], cells]
                self.contents.append(Content(step, database.name, table, columns, cells, count["n"]))
        for letters in self.letters:
            if letters.db is database:
                self.asides.append(Aside(step, letters.reader, list(_in_words(letters))))

    @staticmethod
    def _columns(database: Database, table: str) -> list[str]:
        return [row["name"] for row in database.execute(f'SELECT name FROM pragma_table_info("{table}")')]


def in_a_cell(value: object) -> object:
    """A value as a table shows it: bytes as text where they are, and nothing very long."""
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            return f"{len(value)} bytes"
        if not value.isprintable():
            return f"{len(value)} bytes"
    if isinstance(value, str) and len(value) > 80:
        return value[:79] + "…"
    return value


def _in_words(letters: DeadLetters) -> Iterable[Letter]:
    for letter in letters.letters():
        record = letter.record
        yield Letter(
            letter.number, record.place, str(record.key or ""), record.content, letter.reason, letter.tries
        )
