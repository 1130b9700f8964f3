# breaks: rebuild equals incremental
"""The rebuild counts events by drink, and takes what came back for one more sale."""

from collections import Counter
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    drink: str


@dataclass(frozen=True)
class DrinkReturned(Event):
    drink: str


ADD = """
INSERT INTO sold VALUES (?, ?) ON CONFLICT (drink) DO UPDATE
SET count = count + excluded.count
"""


def catch_up(store, db):
    while take_next(store, db):
        pass


def take_next(store, db):
    with db.transaction():
        position = db.execute("SELECT position FROM checkpoint")[0]["position"]
        for stored in store.read_all(after=position, limit=1):
            count(db, stored.event)
            db.execute("UPDATE checkpoint SET position = ?", [stored.position])
            return True
    return False


def count(db, event):
    match event:
        case DrinkSold(drink):
            db.execute(ADD, [drink, 1])
        case DrinkReturned(drink):
            db.execute(ADD, [drink, -1])


def rebuild(store, db):
    with db.transaction():
        events = list(store.read_all())
        counts = Counter(stored.event.drink for stored in events)
        db.execute("DELETE FROM sold")
        db.execute_many("INSERT INTO sold VALUES (?, ?)", counts.items())
        db.execute("UPDATE checkpoint SET position = ?", [events[-1].position])
