# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class FavouriteAdded(Event):
    guest: str
    drink: str
    version: int


@dataclass(frozen=True)
class FavouriteRemoved(Event):
    guest: str
    drink: str
    version: int


seen = set()


def handle(record, db):
    if record.envelope.id in seen:
        return
    seen.add(record.envelope.id)
    change = record.event
    present = isinstance(change, FavouriteAdded)
    row = [change.guest, change.drink, change.version, present]
    db.execute("INSERT OR REPLACE INTO favourites VALUES (?, ?, ?, ?)", row)
