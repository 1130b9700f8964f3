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
    (row,) = db.execute("SELECT max(version) AS newest FROM favourites WHERE guest = ?", [change.guest])
    if row["newest"] and row["newest"] >= change.version:
        return
    present = isinstance(change, FavouriteAdded)
    values = [change.guest, change.drink, change.version, present]
    db.execute("INSERT OR REPLACE INTO favourites VALUES (?, ?, ?, ?)", values)
