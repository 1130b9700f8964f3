"""A database that is made anew, with its tables, in a few microseconds.

SQLite in memory. A schedule's whole life lies inside one savepoint, so the next schedule
gets the same connection, rolled back, its tables there and its statements prepared: seven
times as fast as a new connection (benchmarks/explorer.py).

It has one connection, so while a transaction is open nobody else may look: `holder` says
whose it is, and the explorer has others wait. What they could have read meanwhile is what
they would have read before it began.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice

from sandbox.errors import UsageError
from sandbox.explore.connection import Connection
from sandbox.ports import Row
from sandbox.store.words import check_statement, first_word, in_our_words

ROWS_MAX = 1_000  # that one statement may return
_spare: dict[str, list[Connection]] = {}  # clean connections, by schema


class MemoryDatabase:
    """See `sandbox.ports.Database`. `schema` has the CREATE statements of its tables."""

    def __init__(self, schema: str = "", name: str = "db") -> None:
        self.name = name
        self.in_transaction = False
        self.holder: object = None  # who has the open transaction, for the explorer
        self._schema = schema
        spare = _spare.get(schema)
        self._connection = spare.pop() if spare else _new_connection(schema)
        self._connection.execute("SAVEPOINT world")

    def execute(self, sql: str, parameters: Sequence | Mapping = ()) -> list[Row]:
        is_read(sql)
        self._connection.looks = 0
        try:
            cursor = self._connection.execute(sql, parameters)
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in islice(cursor, ROWS_MAX + 1)]
        except sqlite3.Error as error:
            raise in_our_words(error, sql, self.name) from error
        if len(rows) > ROWS_MAX:
            raise UsageError(f"more than {ROWS_MAX:,} rows, of {sql!r}. Read fewer at a time: LIMIT.")
        return rows

    def execute_many(self, sql: str, rows: Iterable[Sequence | Mapping]) -> int:
        is_read(sql)
        self._connection.looks = 0
        self._connection.execute("SAVEPOINT many")
        try:
            changed = self._connection.executemany(sql, rows).rowcount
        except BaseException as error:
            self._connection.execute("ROLLBACK TO many")
            self._connection.execute("RELEASE many")
            if isinstance(error, sqlite3.Error):
                raise in_our_words(error, sql, self.name) from error
            raise
        self._connection.execute("RELEASE many")
        return max(changed, 0)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def begin(self) -> None:
        """Begin a transaction. Raises `UsageError` inside another one."""
        if self.in_transaction:
            raise UsageError(f"{self.name} is in a transaction already: end that one first.")
        self._connection.execute("SAVEPOINT work")
        self.in_transaction = True

    def commit(self) -> None:
        """Make what was done since `begin` last."""
        self._connection.execute("RELEASE work")
        self.in_transaction = False

    def rollback(self) -> None:
        """Undo what was done since `begin`."""
        self._connection.execute("ROLLBACK TO work")
        self._connection.execute("RELEASE work")
        self.in_transaction = False

    def tables(self) -> dict[str, list[Row]]:
        """All that stands in it now, what is not committed included."""
        names = self.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {row["name"]: self.execute(f'SELECT * FROM "{row["name"]}"') for row in names}

    def contents(self) -> list[list[tuple]]:
        """All rows of all tables, to be compared with those of another moment."""
        names = self._all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return [self._all(f'SELECT * FROM "{name}"') for (name,) in names]

    def _all(self, sql: str) -> list[tuple]:
        self._connection.looks = 0
        return self._connection.execute(sql).fetchall()

    @property
    def changes(self) -> int:
        """How many rows were ever changed, undone or not."""
        return self._connection.total_changes

    def close(self) -> None:
        """Forget everything; the connection goes back to the shelf, with its tables."""
        if self._connection is not None:
            self._connection.execute("ROLLBACK TO world")
            self._connection.execute("RELEASE world")
            _spare.setdefault(self._schema, []).append(self._connection)
            self._connection = None


@lru_cache(maxsize=4_096)
def is_read(sql: str) -> bool:
    """Does the statement only read? Raises `UsageError` for one that begins or ends a transaction."""
    check_statement(sql)
    return first_word(sql) == "SELECT"


def _new_connection(schema: str) -> Connection:
    connection = sqlite3.connect(
        ":memory:", isolation_level=None, check_same_thread=False, factory=Connection
    )
    connection.execute("PRAGMA foreign_keys = ON")
    try:
        connection.executescript(schema)
    except sqlite3.Error as error:
        raise in_our_words(error, schema, "db") from error
    connection.guard()
    return connection
