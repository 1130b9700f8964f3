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


memory = {}


def handle(record, db):
    change = record.event
    who = (change.guest, change.drink)
    if change.version < memory.get(who, 0):
        return
    memory[who] = change.version
    present = isinstance(change, FavouriteAdded)
    db.execute("INSERT OR REPLACE INTO favourites VALUES (?, ?, ?, ?)", [*who, change.version, present])
