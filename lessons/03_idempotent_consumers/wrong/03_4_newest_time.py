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


newest = {}  # of each drink: the time of its newest record


def handle(record, db):
    change = record.event
    who = (change.guest, change.drink)
    if who in newest and record.timestamp < newest[who]:
        return
    newest[who] = record.timestamp
    present = isinstance(change, FavouriteAdded)
    db.execute("INSERT OR REPLACE INTO favourites VALUES (?, ?, ?, ?)", [*who, change.version, present])
