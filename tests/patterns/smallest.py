"""The patterns as a lesson builds them: the idea alone, which has to pass the contract too."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import msgspec

from sandbox.messages import Envelope, Stored


class Inbox:
    """Ten lines: the mark and the effect share a transaction."""

    def __init__(self, db, reader):
        self.db, self.reader = db, reader
        db.execute("CREATE TABLE IF NOT EXISTS handled (reader TEXT, message TEXT UNIQUE)")

    def first_time(self, record):
        message = f"{self.reader} {record.envelope.source} {record.envelope.id}"
        if self.db.execute("SELECT 1 FROM handled WHERE message = ?", [message]):
            return False
        self.db.execute("INSERT INTO handled VALUES (?, ?)", [self.reader, message])
        return True


class Outbox:
    """A table of messages, written with what they tell of."""

    def __init__(self, db):
        self.db = db
        db.execute(
            "CREATE TABLE IF NOT EXISTS outbox (sequence INTEGER PRIMARY KEY, topic, key, value, envelope)"
        )

    def add(self, topic, event, key):
        envelope = Envelope(str(uuid4()), self.db.name, event.type_name, datetime.now(UTC))
        row = (topic, key.encode(), event.to_json(), msgspec.json.encode(envelope))
        self.db.execute("INSERT INTO outbox (topic, key, value, envelope) VALUES (?, ?, ?, ?)", row)


class Relay:
    """Publish, then forget: never the other way round."""

    def __init__(self, outbox, bus):
        self.db, self.bus = outbox.db, bus

    def run(self):
        for row in self.db.execute("SELECT * FROM outbox ORDER BY sequence"):
            envelope = msgspec.json.decode(row["envelope"], type=Envelope)
            self.bus.forward(row["topic"], Stored(row["key"], row["value"], envelope, envelope.time))
            self.db.execute("DELETE FROM outbox WHERE sequence = ?", [row["sequence"]])


class ProcessManager:
    """What it knows, what it has seen and what it has to say: one transaction."""

    def __init__(self, db, name, kind, react, *, about, clock=None):
        self.db, self.react, self.about = db, react, about
        self.decode = msgspec.json.Decoder(kind).decode
        self.outbox, self.inbox = Outbox(db), Inbox(db, name)
        db.execute("CREATE TABLE IF NOT EXISTS states (id TEXT PRIMARY KEY, state BLOB)")

    def state(self, id):
        rows = self.db.execute("SELECT * FROM states WHERE id = ?", [id])
        return self.decode(rows[0]["state"]) if rows else None

    def handle(self, record):
        with self.db.transaction():
            id = self.about(record.event)
            reaction = self.inbox.first_time(record) and self.react(self.state(id), record.event)
            if reaction:
                state = msgspec.json.encode(reaction.state)
                self.db.execute("INSERT OR REPLACE INTO states VALUES (?, ?)", [id, state])
                for topic, command in reaction.send:
                    self.outbox.add(topic, command, id)


class Repository:
    """Fold, decide, append on the version that the decision was made on."""

    def __init__(self, store, aggregate):
        self.store, self.aggregate = store, aggregate

    def load(self, stream):
        stored = list(self.store.read(stream))
        state = self.aggregate.fold(one.event for one in stored)
        return SimpleNamespace(state=state, version=len(stored))

    def execute(self, stream, command):
        loaded = self.load(stream)
        events = self.aggregate.decide(command, loaded.state)
        return self.store.append(stream, events, expected_version=loaded.version)


class Projection:
    """The read model and its checkpoint are one transaction."""

    def __init__(self, db, name, columns, when):
        self.db, self.name, self.when = db, name, when
        db.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
        db.execute("CREATE TABLE IF NOT EXISTS checkpoint (position)")

    @property
    def position(self):
        return max([row["position"] for row in self.db.execute("SELECT * FROM checkpoint")], default=0)

    def catch_up(self, store):
        with self.db.transaction():
            for stored in store.read_all(after=self.position):
                if type(stored.event) in self.when:
                    self.when[type(stored.event)](self.db, self.name, stored.event)
                self.db.execute("INSERT INTO checkpoint VALUES (?)", [stored.position])
