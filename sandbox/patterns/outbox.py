"""The outbox: what a service has to say is written in the same transaction as what it did.

Publishing can't be part of a database's transaction, so it is put down there as a row. If
the transaction rolls back, nothing was said; if it commits, `Relay` says it, sooner or later.
Source: https://microservices.io/patterns/data/transactional-outbox.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import msgspec

from sandbox.clock import Clock, WallClock
from sandbox.delivery import author_and_cause
from sandbox.errors import UnreadableRecord
from sandbox.messages import Command, Envelope, Event, Key, Stored
from sandbox.messages.envelope import seal
from sandbox.messages.event import check_is_payload
from sandbox.messages.keys import key_to_bytes
from sandbox.patterns.together import must_be_in_transaction
from sandbox.ports import Database, Topic, topic_names

# AUTOINCREMENT gives no number twice, not even that of a deleted row: ids are made of it.
TABLE = """
CREATE TABLE IF NOT EXISTS outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    key BLOB,
    value BLOB NOT NULL,
    envelope TEXT NOT NULL
)
"""
NEXT = "SELECT coalesce(max(seq), 0) + 1 AS sequence FROM sqlite_sequence WHERE name = 'outbox'"
ADD = "INSERT INTO outbox VALUES (?, ?, ?, ?, ?)"
WAITING = "SELECT * FROM outbox ORDER BY sequence LIMIT ?"
BATCH = 500


class Cause(Protocol):
    """A record, a stored event: whatever has an envelope."""

    @property
    def envelope(self) -> Envelope: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that nobody has published yet, as far as its row knows."""

    sequence: int
    topic: str
    message: Stored


class Outbox:
    """The messages that a service has still to publish, in its own database.

    `clock` says when a message was put down. The database's name is the messages' source,
    and their ids count up in it, so each database needs a name of its own.

    >>> with db.transaction():
    ...     db.execute("INSERT INTO orders VALUES (?, ?)", ["A-1", 10])
    ...     outbox.add("orders", OrderPlaced("A-1", total=10), key="A-1")
    """

    def __init__(self, db: Database, clock: Clock | None = None) -> None:
        self.db = db
        self.clock = clock or WallClock()
        db.execute(TABLE)

    def __repr__(self) -> str:
        return f"Outbox of {self.db.name}: {len(self)} waiting"

    def __len__(self) -> int:
        (row,) = self.db.execute("SELECT count(*) AS n FROM outbox")
        return row["n"]

    def add(
        self,
        topic: Topic | str,
        event: Event | Command,
        key: Key = None,
        *,
        subject: str | None = None,
        cause: Cause | None = None,
    ) -> Envelope:
        """Put `event` down, to be published once this transaction has committed.

        `cause` is what led to it; inside a handler it is known. Raises `NotInTransaction`,
        `InvalidEvent`, `InvalidKey`.
        """
        must_be_in_transaction(
            self.db, f"{event!r} is to be put into the outbox", "it would be said even if nothing was done"
        )
        check_is_payload(event)
        _, cause = author_and_cause(None, cause)
        (row,) = self.db.execute(NEXT)
        envelope = seal(
            event.type_name,
            f"{self.db.name}-{row['sequence']}",
            self.db.name,
            self.clock.now(),
            subject,
            cause.envelope if cause is not None else None,
        )
        (name,) = topic_names(topic)
        written = (event.to_json(), msgspec.json.encode(envelope).decode())
        self.db.execute(ADD, (row["sequence"], name, key_to_bytes(key), *written))
        return envelope

    def waiting(self, limit: int = BATCH) -> Iterator[Waiting]:
        """The oldest messages, in the order in which they were put down.

        By row, not by position: a transaction that took its number early and commits late
        is not passed by, and a number that was never used holds nobody up. Raises
        `UnreadableRecord` for a row that was damaged.
        """
        for row in self.db.execute(WAITING, [limit]):
            try:
                envelope = msgspec.json.decode(row["envelope"], type=Envelope)
            except msgspec.MsgspecError as error:
                raise UnreadableRecord(
                    f"row {row['sequence']} of the outbox of {self.db.name} has no readable envelope: "
                    f"{error}. It holds up what is behind it: mend the row, or delete it."
                ) from error
            message = Stored(row["key"], row["value"], envelope, envelope.time)
            yield Waiting(row["sequence"], row["topic"], message)

    def forget(self, waiting: Waiting) -> None:
        """It is published."""
        self.db.execute("DELETE FROM outbox WHERE sequence = ?", [waiting.sequence])
