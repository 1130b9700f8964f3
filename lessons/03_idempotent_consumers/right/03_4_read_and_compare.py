# Read the row, compare, write it back, in one transaction
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
    with db.transaction():
        known = db.execute("SELECT version FROM favourites WHERE guest = ? AND drink = ?", who)
        if known and known[0]["version"] >= change.version:
            return
        present = 1 if type(change).__name__ == "FavouriteAdded" else 0
        db.execute("INSERT OR REPLACE INTO favourites VALUES (?, ?, ?, ?)", [*who, change.version, present])
