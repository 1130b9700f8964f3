# breaks: short transactions
"""All of it is one transaction, which is refused, as everybody else would have to wait."""

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


def take_in(store, db, version):
    with db.transaction():
        (row,) = db.execute("SELECT position FROM versions WHERE version = ?", [version])
        events = list(store.read_all(after=row["position"], limit=3))
        for stored in events:
            db.execute(ADD[version], [stored.event.drink, stored.event.cents][:version])
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
    with db.transaction():
        db.execute("DELETE FROM sold_2")
        position = 0
        for stored in store.read_all():
            db.execute(ADD[2], [stored.event.drink, stored.event.cents])
            position = stored.position
        db.execute("UPDATE versions SET position = ? WHERE version = 2", [position])
        db.execute("UPDATE versions SET live = (version = 2)")
    return True
