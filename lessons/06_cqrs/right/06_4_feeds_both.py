# The projection feeds both versions; who builds only looks whether they are level

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    drink: str
    cents: int


ADD = (
    "INSERT INTO sold_1 VALUES (:drink, 1) ON CONFLICT (drink) DO UPDATE SET count = count + 1",
    "INSERT INTO sold_2 VALUES (:drink, 1, :cents) ON CONFLICT (drink) DO UPDATE "
    "SET count = count + 1, cents = cents + excluded.cents",
)


def catch_up(store, db):
    for version in (1, 2):
        while feed(store, db, version):
            pass


def feed(store, db, version):
    with db.transaction():
        position = db.execute("SELECT position FROM versions WHERE version = ?", [version])[0]["position"]
        for stored in store.read_all(after=position, limit=1):
            sale = {"drink": stored.event.drink, "cents": stored.event.cents}
            db.execute(ADD[version - 1], sale if version == 2 else {"drink": sale["drink"]})
            move = "UPDATE versions SET position = ? WHERE version = ?"
            db.execute(move, [stored.position, version])
            return True
    return False


def build(store, db):
    catch_up(store, db)
    with db.transaction():
        positions = [row["position"] for row in db.execute("SELECT position FROM versions ORDER BY version")]
        ready = positions[1] >= positions[0]
        if ready:
            db.execute("UPDATE versions SET live = 1 - live WHERE live = (version = 1)")
    return ready
