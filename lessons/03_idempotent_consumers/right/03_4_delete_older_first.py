# What is older goes, then the row is put in if there is room
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
    match record.event:
        case FavouriteAdded(guest, drink, version):
            put(db, guest, drink, version, 1)
        case FavouriteRemoved(guest, drink, version):
            put(db, guest, drink, version, 0)


def put(db, guest, drink, version, present):
    with db.transaction():
        db.execute(
            "DELETE FROM favourites WHERE guest = ? AND drink = ? AND version < ?", [guest, drink, version]
        )
        row = [guest, drink, version, present]
        db.execute("INSERT INTO favourites VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
