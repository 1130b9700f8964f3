"""What SQLite says, in our words: was the row refused, is it busy, is it broken, or is the SQL wrong?"""

import sqlite3

from sandbox.errors import ConstraintViolated, DatabaseFailed, DatabaseLocked, SandboxError, UsageError

NOT_FOR_EXECUTE = frozenset(
    {"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "ATTACH", "DETACH", "VACUUM"}
)
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
BROKEN = {
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_IOERR: "its file can't be read or written",
    sqlite3.SQLITE_CORRUPT: "its file is damaged",
    sqlite3.SQLITE_NOTADB: "its file is no SQLite database",
    sqlite3.SQLITE_READONLY: "its file may only be read",
    sqlite3.SQLITE_CANTOPEN: "its file can't be opened",
}


def first_word(sql: str) -> str:
    """The statement's first word, in capitals, whatever comments stand before it."""
    rest = sql.lstrip("\ufeff; \t\r\n\f")
    while rest.startswith(("--", "/*")):
        _, _, rest = rest.partition("\n" if rest.startswith("--") else "*/")
        rest = rest.lstrip("; \t\r\n\f")
    return rest.split(None, 1)[0].upper().rstrip(";") if rest else ""


def check_statement(sql: str) -> None:
    """Raises `UsageError` for what is no text, and for a statement that begins or ends a transaction."""
    if not isinstance(sql, str):
        raise UsageError(f"a statement is a text, not {sql!r}.")
    if (word := first_word(sql)) in NOT_FOR_EXECUTE:
        raise UsageError(f"{word} is not for execute: write `with db.transaction():`.")


def in_our_words(error: sqlite3.Error, sql: str, name: str) -> SandboxError:
    """The error to raise in its place."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of it are details
    if isinstance(error, sqlite3.IntegrityError):
        return ConstraintViolated(f"{error}: the row was refused, and nothing was written by {sql!r}.")
    if code in BUSY:
        return DatabaseLocked(
            f"the database {name!r} is locked by another process that writes; {sql!r} was not done. "
            "Try again later."
        )
    if code in BROKEN:
        return DatabaseFailed(
            f"the database {name!r} has failed at {sql!r}: {BROKEN[code]} ({error}). "
            "What was committed before is there once that is mended."
        )
    return UsageError(f"{error}, in {sql!r}.")
