# A row that is surely there, then an update that asks for the version
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
    who = (change.guest, change.drink)
    db.execute("INSERT INTO favourites VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING", who)
    db.execute(
        "UPDATE favourites SET version = ?, present = ? WHERE guest = ? AND drink = ? AND version < ?",
        (change.version, isinstance(change, FavouriteAdded), *who, change.version),
    )
