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
    present = isinstance(change, FavouriteAdded)
    who = [change.guest, change.drink]
    known = db.execute("SELECT version FROM favourites WHERE drink = ?", [change.drink])
    if not known:
        db.execute("INSERT INTO favourites VALUES (?, ?, ?, ?)", [*who, change.version, present])
    else:
        db.execute(
            "UPDATE favourites SET version = ?, present = ? WHERE drink = ? AND version < ?",
            [change.version, present, change.drink, change.version],
        )
