# breaks: no lost message
"""The checkpoint first, so that nothing is counted twice; after a crash it is not counted at all."""

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
    for stored in store.read_all(after=position(db)):
        move = "UPDATE checkpoint SET position = ? WHERE position < ? RETURNING position"
        if db.execute(move, [stored.position, stored.position]):
            db.execute(ADD, [stored.event.drink, by(stored.event)])


def rebuild(store, db):
    with db.transaction():
        db.execute("DELETE FROM sold")
        db.execute("UPDATE checkpoint SET position = 0")
        for stored in store.read_all():
            db.execute(ADD, [stored.event.drink, by(stored.event)])
            db.execute("UPDATE checkpoint SET position = ?", [stored.position])
