"""A service's own SQL database, as a protocol."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

Row = dict[str, object]


class Database(Protocol):
    """One service's own SQL database (SQLite's dialect). Nobody else reads or writes it."""

    name: str

    @property
    def in_transaction(self) -> bool:
        """Is this inside `with db.transaction():`?"""
        ...

    def execute(self, sql: str, parameters: Sequence | Mapping = ()) -> list[Row]:
        """Run one statement; its rows as dicts. Outside a transaction it commits itself.

        Raises `ConstraintViolated` (unique, check, not null, foreign key; table and column
        named), `DatabaseLocked` (retriable, definite), `DatabaseFailed` (full disk, corrupt
        file) and `UsageError` for SQL that is wrong.
        """
        ...

    def execute_many(self, sql: str, rows: Iterable[Sequence | Mapping]) -> int:
        """Run one statement for each of `rows`, all or none; return how many rows it changed."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: commits at the end, rolls back on any exception (BaseException too).

        A second one inside raises `UsageError`.
        """
        ...

    def close(self) -> None:
        """Let go of the file; what was not committed is gone."""
        ...
