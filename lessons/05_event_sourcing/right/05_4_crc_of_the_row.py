# A CRC over the row, and a tuple for the state
import zlib
from dataclasses import dataclass

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


def fold(card, events):
    for stored in events:
        card = evolve(card, stored.event)
    return card


def save(stream, card, last, schema, db):
    row = [schema, last.version, last.envelope.id, f"{card.cents}/{card.stamps}"]
    row.append(str(zlib.crc32(repr(row).encode())))
    db.execute("DELETE FROM snapshots WHERE stream = ?", [stream])
    db.execute("INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?)", [stream, *row])


def load(stream, schema, store, db):
    row = db.execute("SELECT * FROM snapshots WHERE stream = ? AND schema = ?", [stream, schema])
    if row:
        values = list(row[0].values())[1:]
        check = values.pop()
        if str(zlib.crc32(repr(values).encode())) == check:
            _, version, event_id, state = values
            tail = list(store.read(stream, after=version - 1))
            if tail and tail[0].envelope.id == event_id:
                return fold(Card(*map(int, state.split("/"))), tail[1:])
    return fold(Card(), store.read(stream))
