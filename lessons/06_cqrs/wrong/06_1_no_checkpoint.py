# breaks: consistent output
"""It counts everything anew each time, and sees no need for a checkpoint."""

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
        db.execute("DELETE FROM sold")
        for stored in store.read_all():
            db.execute(ADD, [stored.event.drink, by(stored.event)])


def rebuild(store, db):
    catch_up(store, db)
