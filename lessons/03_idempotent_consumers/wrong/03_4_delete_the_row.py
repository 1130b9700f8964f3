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
        db.execute("DELETE FROM favourites WHERE guest = ? AND drink = ?", who)
    else:
        db.execute(
            "INSERT INTO favourites VALUES (?, ?, ?, 1) ON CONFLICT DO NOTHING", [*who, change.version]
        )
