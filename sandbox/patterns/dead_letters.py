"""Dead letters: records that can't be handled, put aside with the reason.

What can't be handled blocks its partition, or is lost. The third way is to put it aside.
But then the later records of its key would overtake it, so these are put aside behind it,
unhandled, until the key is redriven in its order. All other keys go on.

Hohpe and Woolf call the place a dead letter channel; where the bytes themselves make no
message, an invalid message channel.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from sandbox.errors import UsageError
from sandbox.messages import Envelope, Record, Stored
from sandbox.messages.event import Published
from sandbox.patterns.retry import may_pass
from sandbox.ports import Database, Handler

TABLE = """
CREATE TABLE IF NOT EXISTS dead_letters (
    number INTEGER PRIMARY KEY AUTOINCREMENT, reader TEXT NOT NULL,
    topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL,
    key BLOB, message BLOB NOT NULL, reason TEXT NOT NULL, tries INTEGER NOT NULL,
    UNIQUE (reader, topic, partition, "offset")
)
"""
ADD = "INSERT INTO dead_letters VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
OLDEST_OF_KEY = """
SELECT "offset" FROM dead_letters WHERE reader = ? AND topic = ? AND key = ? ORDER BY number LIMIT 1
"""
OF_READER = "SELECT * FROM dead_letters WHERE reader = ? ORDER BY number"


class _Message(msgspec.Struct):
    value: bytes | None
    envelope: Envelope | None
    timestamp: datetime
    headers: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that was put aside, why, and how often it was tried. 0: it waits behind another."""

    number: int
    record: Record
    reason: str
    tries: int

    def __repr__(self) -> str:
        return f"{self.record!r}\n    tried {self.tries} times: {self.reason}"


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of a redrive."""

    handled: int
    left: int

    def __repr__(self) -> str:
        return f"Redriven {self.handled}, still there {self.left}"


class DeadLetters:
    """The records that `reader`, such as a consumer group, could not handle; in its own database.

    >>> letters = DeadLetters(db, "billing")
    >>> bus.subscribe(orders, group="billing", handle=letters.guard(bill))
    """

    def __init__(self, db: Database, reader: str) -> None:
        self.db = db
        self.reader = reader
        self._guarded: Handler | None = None
        self._published = Published()  # or, once a record came by, the classes of its bus
        db.execute(TABLE)

    def __repr__(self) -> str:
        return f"Dead letters of {self.reader}: {len(self)}"

    def __len__(self) -> int:
        (row,) = self.db.execute("SELECT count(*) AS n FROM dead_letters WHERE reader = ?", [self.reader])
        return row["n"]

    @property
    def guarded(self) -> bool:
        """Is there a handler that `redrive` takes by itself?"""
        return self._guarded is not None

    def guard(self, handle: Handler, *, again: Callable[[Exception], bool] = may_pass) -> Handler:
        """`handle`, where what can't be handled is put aside.

        An error that may pass comes out, so that the record stays where it is and is
        delivered again: give `handle` its retries, and an end of them, by `Retry`.
        """
        self._guarded = handle

        def handle_or_park(record: Record) -> None:
            self._published = record.published
            if (first := self._first_of_key(record)) is not None:
                self._add(record, f"waits behind {record.topic}[{record.partition}]@{first}", tries=0)
                return
            try:
                handle(record)
            except Exception as error:
                if again(error):
                    raise
                self.park(record, error)

        return handle_or_park

    def park(self, record: Record, error: Exception) -> None:
        """Put `record` aside. Whoever parks it again, after a crash, changes nothing."""
        self._add(record, f"{type(error).__name__}: {error}", tries=1)

    def letters(self) -> list[DeadLetter]:
        """All of them, in the order in which they were put aside."""
        return [self._letter(row) for row in self.db.execute(OF_READER, [self.reader])]

    def redrive(self, handle: Handler | None = None) -> Redriven:
        """Handle them now, each key in its order; the first that fails again stops its key.

        Without `handle`, by the handler that `guard` was given last.

        A letter is forgotten once it is handled; a crash between the two has it handled
        again, days after the first time. So `handle` has to know it then: a memory of
        message ids must be longer than dead letters lie here (`Inbox` forgets none).
        """
        handle = handle or self._guarded
        if handle is None:
            raise UsageError("nobody guards a handler here: say which one, redrive(handle).")
        handled, stopped = 0, set()
        for letter in self.letters():
            line = (letter.record.topic, letter.record.key)
            if line in stopped:
                continue
            try:
                handle(letter.record)
            except Exception as error:
                stopped |= {line} if letter.record.key is not None else set()
                self._note(letter, f"{type(error).__name__}: {error}")
            else:
                self.discard(letter)
                handled += 1
        return Redriven(handled, len(self))

    def discard(self, letter: DeadLetter) -> None:
        """Forget it for ever; what waits behind it is the first of its key now."""
        self.db.execute("DELETE FROM dead_letters WHERE number = ?", [letter.number])

    def _first_of_key(self, record: Record) -> int | None:
        if record.stored.key is None:  # without a key there is no order to keep
            return None
        rows = self.db.execute(OLDEST_OF_KEY, [self.reader, record.topic, record.stored.key])
        return rows[0]["offset"] if rows else None

    def _add(self, record: Record, reason: str, tries: int) -> None:
        stored = record.stored
        message = _Message(stored.value, stored.envelope, stored.timestamp, dict(stored.headers))
        where = (self.reader, record.topic, record.partition, record.offset)
        self.db.execute(ADD, (*where, stored.key, msgspec.msgpack.encode(message), reason, tries))

    def _note(self, letter: DeadLetter, reason: str) -> None:
        self.db.execute(
            "UPDATE dead_letters SET reason = ?, tries = tries + 1 WHERE number = ?", [reason, letter.number]
        )

    def _letter(self, row: dict) -> DeadLetter:
        message = msgspec.msgpack.decode(row["message"], type=_Message)
        stored = Stored(row["key"], message.value, message.envelope, message.timestamp, message.headers)
        record = Record(row["topic"], row["partition"], row["offset"], stored, self._published)
        return DeadLetter(row["number"], record, row["reason"], row["tries"])
