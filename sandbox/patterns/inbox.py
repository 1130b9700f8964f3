"""The inbox: which messages have had their effect here.

A broker delivers at least once, so whoever handles a message has to know whether it has
done so before. The mark and the effect are one transaction: both are there, or neither.
Hohpe and Woolf call such a reader an idempotent receiver.
"""

from hashlib import blake2b

from sandbox.errors import MessageIdReused
from sandbox.messages import Record
from sandbox.patterns.together import must_be_in_transaction
from sandbox.ports import Database, Handler

TABLE = """
CREATE TABLE IF NOT EXISTS inbox (
    reader TEXT, source TEXT, id TEXT, digest BLOB NOT NULL, PRIMARY KEY (reader, source, id)
) WITHOUT ROWID
"""
MARK = "INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
FIND = "SELECT digest FROM inbox WHERE reader = ? AND source = ? AND id = ?"


class Inbox:
    """The messages that one reader, such as a consumer group, has handled.

    >>> def bill(record):
    ...     with db.transaction():
    ...         if inbox.first_time(record):
    ...             db.execute("INSERT INTO invoices VALUES (?)", [record.event.order_id])
    """

    def __init__(self, db: Database, reader: str) -> None:
        self.db = db
        self.reader = reader
        db.execute(TABLE)

    def __repr__(self) -> str:
        (row,) = self.db.execute("SELECT count(*) AS n FROM inbox WHERE reader = ?", [self.reader])
        return f"Inbox of {self.reader}: {row['n']} handled"

    def first_time(self, record: Record) -> bool:
        """Mark the message as handled; `False` where it was marked before.

        A message is the same if its source and its id are (CloudEvents 1.0, `id`). Raises
        `NotInTransaction` where the mark would be written alone, `MessageIdReused` where
        the id stands for another message, `UnreadableRecord` where there is no id.
        """
        must_be_in_transaction(
            self.db,
            f"{record.place} is to be marked",
            "after a crash the effect would be missing or there twice",
        )
        message = (self.reader, record.envelope.source, record.envelope.id)
        digest = blake2b(record.value or b"", digest_size=8).digest()
        if self.db.execute(MARK, (*message, digest)):
            return True
        (row,) = self.db.execute(FIND, message)
        if row["digest"] != digest:
            raise MessageIdReused(
                f"{self.reader} has handled another message with the id {message[2]!r} from {message[1]!r} "
                f"before {record!r}. If the bus is a new one, its ids began anew: use a new database, too."
            )
        return False

    def once(self, handle: Handler) -> Handler:
        """`handle`, with the mark, in one transaction: what it writes to this database is written once."""

        def handle_once(record: Record) -> None:
            with self.db.transaction():
                if self.first_time(record):
                    handle(record)

        return handle_once
