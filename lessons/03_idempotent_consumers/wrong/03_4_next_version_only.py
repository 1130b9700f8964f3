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
    db.execute(
        """
        INSERT INTO favourites VALUES (?, ?, ?, ?)
        ON CONFLICT (guest, drink) DO UPDATE
        SET version = excluded.version, present = excluded.present
        WHERE excluded.version = version + 1
        """,
        [*who, change.version, present],
    )
