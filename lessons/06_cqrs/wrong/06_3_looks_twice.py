# breaks: read your writes
"""It looks at the checkpoint before and after: it is the same, and in between there was half a rebuild."""

from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str


def choose(order_id, drink, store):
    version = store.version(order_id)
    (stored,) = store.append(order_id, [DrinkChosen(order_id, drink)], expected_version=version)
    return stored.position


def checkpoint(db):
    return db.execute("SELECT position FROM checkpoint")[0]["position"]


def my_order(order_id, token, db, timer):
    until = timer.now() + 100
    while True:
        before = checkpoint(db)
        rows = db.execute("SELECT drink FROM pages WHERE order_id = ?", [order_id])
        if checkpoint(db) == before >= token:
            return rows[0]["drink"] if rows else None
        if timer.now() >= until:
            return NOT_YET
        timer.wait(10)
