"""A service's own database: one SQLite file, or memory."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import local

from sandbox.errors import UsageError
from sandbox.ports import Row
from sandbox.store.words import check_statement, in_our_words

MEMORY = ":memory:"


class SqliteDatabase:
    """See `sandbox.ports.Database`.

    A file is in WAL mode: who reads is not held up by who writes, and what is committed
    survives a killed process (https://www.sqlite.org/wal.html); with `synchronous="FULL"`,
    a power cut as well. Another process's write is waited for, `patience` seconds at most.
    Each thread has a connection of its own to a file; a database in memory is one thread's.
    """

    def __init__(
        self, path: Path | str = MEMORY, name: str = "", *, patience: float = 5.0, synchronous: str = "NORMAL"
    ) -> None:
        """Raises `DatabaseFailed` where the file is no database, or can't be opened."""
        self.path = str(path)
        self.name = name or (Path(path).stem if self.path != MEMORY else "memory")
        self._patience = patience
        if synchronous not in ("OFF", "NORMAL", "FULL", "EXTRA"):
            raise UsageError(f"synchronous is OFF, NORMAL, FULL or EXTRA, not {synchronous!r}.")
        self._synchronous = synchronous
        self._here = local()
        self._made = [self._connection]

    def __repr__(self) -> str:
        return f"Database {self.name} ({self.path})"

    def __enter__(self) -> "SqliteDatabase":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def execute(self, sql: str, parameters: Sequence | Mapping = ()) -> list[Row]:
        check_statement(sql)
        try:
            cursor = self._connection.execute(sql, parameters)
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=False)) for row in cursor]  # as wide as its names
        except sqlite3.Error as error:
            raise in_our_words(error, sql, self.name) from error

    def execute_many(self, sql: str, rows: Iterable[Sequence | Mapping]) -> int:
        if not self.in_transaction:
            with self.transaction():
                return self.execute_many(sql, rows)
        check_statement(sql)
        self._connection.execute("SAVEPOINT many")
        try:
            changed = self._connection.executemany(sql, rows).rowcount
        except BaseException as error:
            self._undo("ROLLBACK TO many")
            if isinstance(error, sqlite3.Error):
                raise in_our_words(error, sql, self.name) from error
            raise
        self._connection.execute("RELEASE many")
        return max(changed, 0)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self.in_transaction:
            raise UsageError(f"{self.name} is in a transaction already: end that one first.")
        self._say("BEGIN IMMEDIATE")  # so that what is read inside is still true at the end
        try:
            yield
            self._say("COMMIT")
        except BaseException:
            self._undo("ROLLBACK")
            raise

    def close(self) -> None:
        """Let go of the file; what was not committed is gone. Closing twice does no harm."""
        for connection in self._made:
            connection.close()

    @property
    def _connection(self) -> sqlite3.Connection:
        found = getattr(self._here, "connection", None)
        if found is None:
            if self.path == MEMORY and hasattr(self, "_made"):
                raise UsageError(f"{self.name} is in memory, and belongs to the thread that has made it.")
            found = self._here.connection = self._connect()
            if hasattr(self, "_made"):
                self._made.append(found)
        return found

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            raise in_our_words(error, f"opening {self.path}", self.name) from error
        return connection

    def _say(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except sqlite3.Error as error:
            raise in_our_words(error, sql, self.name) from error

    def _undo(self, sql: str) -> None:
        with suppress(sqlite3.Error):  # a failed disk has rolled back by itself; the first error counts
            self._connection.execute(sql)
