"""Real stores, on SQLite: a service's own database, and streams of events in it."""

from sandbox.store.database import SqliteDatabase
from sandbox.store.event_store import SqliteEventStore

__all__ = ["SqliteDatabase", "SqliteEventStore"]
