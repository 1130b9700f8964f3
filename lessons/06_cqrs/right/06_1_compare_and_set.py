# It reads outside, and moves the checkpoint only from where it was

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


class Overtaken(Exception):
    """Somebody else has moved the checkpoint."""


def catch_up(store, db):
    before = db.execute("SELECT position FROM checkpoint")[0]["position"]
    events = list(store.read_all(after=before))
    if not events:
        return
    try:
        with db.transaction():
            move = "UPDATE checkpoint SET position = ? WHERE position = ? RETURNING position"
            if not db.execute(move, [events[-1].position, before]):
                raise Overtaken
            rows = [(e.event.drink, 1 if type(e.event) is DrinkSold else -1) for e in events]
            db.execute_many(ADD, rows)
    except Overtaken:
        catch_up(store, db)


def rebuild(store, db):
    events = list(store.read_all())
    with db.transaction():
        db.execute("DELETE FROM sold")
        db.execute("UPDATE checkpoint SET position = ?", [events[-1].position if events else 0])
        for stored in events:
            db.execute(ADD, [stored.event.drink, 1 if type(stored.event) is DrinkSold else -1])
