# One question after the other
import hashlib
import json
from dataclasses import asdict, dataclass

from sandbox import Event


@dataclass(frozen=True)
class ToppedUp(Event):
    cents: int


@dataclass(frozen=True)
class Paid(Event):
    cents: int


@dataclass(frozen=True)
class Card:
    cents: int = 0
    stamps: int = 0


def evolve(card, event):
    match event:
        case ToppedUp(cents):
            return Card(card.cents + cents, card.stamps)
        case Paid(cents):
            return Card(card.cents - cents, card.stamps + 1)


def save(stream, card, last, schema, db):
    state = json.dumps(asdict(card))
    checksum = digest(schema, last.version, last.envelope.id, state)
    db.execute(
        "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?)",
        [stream, schema, last.version, last.envelope.id, state, checksum],
    )


def digest(*parts):
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def load(stream, schema, store, db):
    card, version = snapshot(stream, schema, store, db)
    for stored in store.read(stream, after=version):
        card = evolve(card, stored.event)
    return card


def snapshot(stream, schema, store, db):
    nothing = Card(), 0
    rows = db.execute("SELECT * FROM snapshots WHERE stream = ? AND schema = ?", [stream, schema])
    if not rows:
        return nothing
    row = rows[0]
    if row["checksum"] != digest(schema, row["version"], row["event_id"], row["state"]):
        return nothing  # damaged
    if row["version"] > store.version(stream):
        return nothing  # of a history that went further
    if not same_event(stream, row, store):
        return nothing  # of a history that went another way
    return Card(**json.loads(row["state"])), row["version"]


def same_event(stream, row, store):
    later = store.read(stream, after=row["version"] - 1)
    return next(iter(later)).envelope.id == row["event_id"]
