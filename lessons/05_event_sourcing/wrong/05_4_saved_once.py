# breaks: it works where nothing goes wrong
"""The row is inserted; the second save of a card finds one there, and is refused."""

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
    row = (schema, last.version, last.envelope.id, dump(card))
    db.execute("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?)", [stream, *row, checksum(row)])


def load(stream, schema, store, db):
    rows = db.execute("SELECT * FROM snapshots WHERE stream = ?", [stream])
    for row in rows:
        _, *content, found = row.values()
        if content[0] != schema or checksum(content) != found:
            continue
        _, version, event_id, state = content
        first, *later = [*store.read(stream, after=version - 1)] or [None]
        if first and first.envelope.id == event_id:
            return fold(undump(state), later)
    return fold(Card(), store.read(stream))


def dump(card):
    return json.dumps(asdict(card))


def undump(state):
    return Card(**json.loads(state))


def checksum(row):
    return hashlib.sha256(repr(list(row)).encode()).hexdigest()


def fold(card, stored_events):
    for stored in stored_events:
        card = evolve(card, stored.event)
    return card
