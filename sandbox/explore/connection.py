"""A connection to a SQLite database in memory, on which other people's statements may run.

A statement can read and change the tables, and nothing else: no other file, no setting that
the next one would find, no temporary table that a crash would not take. It ends after a
million instructions of SQLite, and all databases together have a limited memory.
"""

import sqlite3

INSTRUCTIONS = 100_000  # between two looks at the meter
LOOKS_MAX = 10
BYTES_MAX = 20_000  # of one text, blob or row
MEMORY_MAX = 256 * 2**20  # bytes, of all databases of this process
REFUSED = frozenset(
    {
        sqlite3.SQLITE_PRAGMA,
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_DETACH,
        sqlite3.SQLITE_CREATE_TEMP_INDEX,
        sqlite3.SQLITE_CREATE_TEMP_TABLE,
        sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite3.SQLITE_CREATE_TEMP_VIEW,
        sqlite3.SQLITE_CREATE_VTABLE,
    }
)


class Connection(sqlite3.Connection):
    """A connection with a meter; set `looks` to 0 before each statement."""

    looks = 0

    def guard(self) -> None:
        """From here on, statements may do what is said above, and nothing else."""
        super().execute("PRAGMA temp_store = MEMORY")
        super().execute(f"PRAGMA hard_heap_limit = {MEMORY_MAX}")
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, BYTES_MAX)
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self.set_authorizer(_permit)
        self.set_progress_handler(self._look, INSTRUCTIONS)

    def _look(self) -> bool:
        """Has the statement run for too long?"""
        self.looks += 1
        return self.looks > LOOKS_MAX


def _permit(action: int, *about: str | None) -> int:
    refused = action in REFUSED or (action == sqlite3.SQLITE_FUNCTION and "load_extension" in about)
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK
