"""A bus whose log is a SQLite file, so that it outlives a killed process, as a broker does.

It has just what the shop needs: topics with one partition, groups that commit each record.
"""

from pathlib import Path

import msgspec

from sandbox.clock import WallClock
from sandbox.messages import Envelope, Record, Stored
from sandbox.messages.event import Published
from sandbox.ports import RunResult, Topic
from sandbox.store import SqliteDatabase

TABLES = (
    """CREATE TABLE IF NOT EXISTS log (
        topic TEXT, number INTEGER, key BLOB, value BLOB, envelope BLOB, PRIMARY KEY (topic, number)
    )""",
    """CREATE TABLE IF NOT EXISTS committed (
        reader TEXT, topic TEXT, number INTEGER, PRIMARY KEY (reader, topic)
    )""",
)
APPEND = """
INSERT INTO log SELECT ?, (SELECT count(*) FROM log WHERE topic = ?), ?, ?, ? RETURNING number
"""
POSITION = "SELECT number FROM committed WHERE reader = ? AND topic = ?"


class FileBus:
    """Topics in a file, read and committed by groups."""

    def __init__(self, path: Path) -> None:
        self.db = SqliteDatabase(path)
        self.clock = WallClock()
        self._subscriptions = []
        for table in TABLES:
            self.db.execute(table)

    def create_topic(self, name: str, partitions: int = 1) -> Topic:
        return Topic(name, 1)

    def subscribe(self, topics, group, handle) -> None:
        self._subscriptions.append((topics, group, handle))

    def forward(self, topic: str, message: Stored, *, source: str = "") -> None:
        envelope = msgspec.json.encode(message.envelope)
        with self.db.transaction():
            self.db.execute(APPEND, [topic, topic, message.key, message.value, envelope])

    def run(self) -> RunResult:
        handled = {group: 0 for _, group, _ in self._subscriptions}
        moved = True
        while moved:
            moved = False
            for topics, group, handle in self._subscriptions:
                for topic in topics:
                    for record in self._waiting(group, topic):
                        handle(record)
                        self._commit(group, topic, record.offset + 1)
                        handled[group] += 1
                        moved = True
        return RunResult(handled)

    def _waiting(self, group: str, topic: str) -> list[Record]:
        rows = self.db.execute(POSITION, [group, topic])
        after = rows[0]["number"] if rows else 0
        found = self.db.execute(
            "SELECT * FROM log WHERE topic = ? AND number >= ? ORDER BY number", [topic, after]
        )
        return [_record(row) for row in found]

    def _commit(self, group: str, topic: str, number: int) -> None:
        self.db.execute("INSERT OR REPLACE INTO committed VALUES (?, ?, ?)", [group, topic, number])

    def close(self) -> None:
        self.db.close()


def _record(row: dict) -> Record:
    envelope = msgspec.json.decode(row["envelope"], type=Envelope)
    stored = Stored(row["key"], row["value"], envelope, envelope.time)
    return Record(row["topic"], 0, row["number"], stored, Published())
