# breaks: no lost message
"""What is live is updated, and a drink that is sold for the first time has no row."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    drink: str
    cents: int


ADD = {
    1: "INSERT INTO sold_1 VALUES (?, 1) ON CONFLICT (drink) DO UPDATE SET count = count + 1",
    2: "INSERT INTO sold_2 VALUES (?, 1, ?) ON CONFLICT (drink) DO UPDATE "
    "SET count = count + 1, cents = cents + excluded.cents",
}


UPDATE = """
UPDATE sold_2 SET count = count + 1, cents = cents + ? WHERE drink = ?
"""


def add(db, version, event):
    if version == 2 and live_version(db) == 2:  # all drinks are there by now
        db.execute(UPDATE, [event.cents, event.drink])
    else:
        db.execute(ADD[version], [event.drink, event.cents][:version])


def take_in(store, db, version):
    with db.transaction():
        (row,) = db.execute("SELECT position FROM versions WHERE version = ?", [version])
        events = list(store.read_all(after=row["position"], limit=3))
        for stored in events:
            add(db, version, stored.event)
        if events:
            move = "UPDATE versions SET position = ? WHERE version = ?"
            db.execute(move, [events[-1].position, version])
    return len(events)


def live_version(db):
    return db.execute("SELECT version FROM versions WHERE live")[0]["version"]


def catch_up(store, db):
    while take_in(store, db, live_version(db)):
        pass


def build(store, db):
    if live_version(db) == 2:
        return True
    while take_in(store, db, 2):
        pass
    with db.transaction():
        old, new = db.execute("SELECT * FROM versions ORDER BY version")
        if new["position"] < old["position"]:
            return False
        db.execute("UPDATE versions SET live = (version = 2)")
    return True
