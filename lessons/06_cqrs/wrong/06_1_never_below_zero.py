# breaks: each drink by itself
"""A count below 0 can't be, so it leaves it out; the sale that comes after is then one too many."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    drink: str


@dataclass(frozen=True)
class DrinkReturned(Event):
    drink: str


def totals(store):
    position, counts = 0, {}
    for stored in store.read_all():
        by = 1 if isinstance(stored.event, DrinkSold) else -1
        counts[stored.event.drink] = max(0, counts.get(stored.event.drink, 0) + by)
        position = stored.position
    return position, counts


def rebuild(store, db):
    with db.transaction():
        position, counts = totals(store)
        db.execute("DELETE FROM sold")
        db.execute_many("INSERT INTO sold VALUES (?, ?)", counts.items())
        db.execute("DELETE FROM checkpoint")
        db.execute("INSERT INTO checkpoint VALUES (?)", [position])


def catch_up(store, db):
    rebuild(store, db)
