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


def handle(record, db):
    change = record.event
    who = [change.guest, change.drink]
    if isinstance(change, FavouriteRemoved):
        db.execute("INSERT OR REPLACE INTO favourites VALUES (?, ?, ?, 0)", [*who, change.version])
    else:
        add = "INSERT INTO favourites VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING"
        db.execute(add, [*who, change.version])
