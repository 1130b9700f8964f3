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
        db.execute(
            "DELETE FROM favourites WHERE guest = ? AND drink = ? AND version < ?", [*who, change.version]
        )
        return
    known = db.execute("SELECT version FROM favourites WHERE guest = ? AND drink = ?", who)
    if not known or known[0]["version"] < change.version:
        db.execute("INSERT OR REPLACE INTO favourites VALUES (?, ?, ?, 1)", [*who, change.version])
