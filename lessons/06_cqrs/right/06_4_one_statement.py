# The switch is one statement, which looks at both positions

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


SWITCH = """
UPDATE versions SET live = (version = 2)
WHERE (SELECT position FROM versions WHERE version = 2) >= (SELECT position FROM versions WHERE version = 1)
"""


def catch_up(store, db):
    for row in db.execute("SELECT version FROM versions WHERE live"):
        while take_in(store, db, row["version"]):
            pass


def build(store, db):
    while take_in(store, db, 2):
        pass
    db.execute(SWITCH)
    return bool(db.execute("SELECT live FROM versions WHERE version = 2")[0]["live"])
