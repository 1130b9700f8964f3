"""Real stores: a service's own database and streams of events in it, on SQLite; a cache; a ledger."""

from sandbox.store.cache import connect_cache
from sandbox.store.database import SqliteDatabase
from sandbox.store.event_store import SqliteEventStore
from sandbox.store.gateway import SqliteGateway

__all__ = ["SqliteDatabase", "SqliteEventStore", "SqliteGateway", "connect_cache"]
