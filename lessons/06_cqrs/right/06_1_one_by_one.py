# A transaction for each event, which asks for the checkpoint again

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
        db.execute("DELETE FROM sold")
        db.execute("UPDATE checkpoint SET position = 0")
    catch_up(store, db)
