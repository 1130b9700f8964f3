# breaks: rebuild equals incremental
"""Rows and checkpoint are put back one after the other: somebody reads on in between."""

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


def by(event):
    return 1 if isinstance(event, DrinkSold) else -1


def position(db):
    return db.execute("SELECT position FROM checkpoint")[0]["position"]


def catch_up(store, db):
    with db.transaction():
        for stored in store.read_all(after=position(db)):
            db.execute(ADD, [stored.event.drink, by(stored.event)])
            db.execute("UPDATE checkpoint SET position = ?", [stored.position])


def rebuild(store, db):
    db.execute("UPDATE checkpoint SET position = 0")
    db.execute("DELETE FROM sold")
    catch_up(store, db)
