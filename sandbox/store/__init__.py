"""Real stores: a service's own database, on SQLite."""

from sandbox.store.database import SqliteDatabase

__all__ = ["SqliteDatabase"]
