# breaks: no lost message
"""The checkpoint is moved to the end of the store, and not to the last event that was counted."""

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
        db.execute("UPDATE checkpoint SET position = ?", [store.position()])


def rebuild(store, db):
    with db.transaction():
        db.execute("DELETE FROM sold")
        db.execute("UPDATE checkpoint SET position = 0")
        for stored in store.read_all():
            db.execute(ADD, [stored.event.drink, by(stored.event)])
            db.execute("UPDATE checkpoint SET position = ?", [stored.position])
