# Checkpoint and row are read in one transaction, and the wait is outside

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


def look(order_id, token, db):
    """The answer, in a list, or nothing."""
    with db.transaction():
        reached = db.execute("SELECT position FROM checkpoint")[0]["position"]
        if reached < token:
            return []
        rows = db.execute("SELECT drink FROM pages WHERE order_id = ?", [order_id])
    return [rows[0]["drink"] if rows else None]


def my_order(order_id, token, db, timer):
    for _ in range(10):
        if found := look(order_id, token, db):
            return found[0]
        timer.wait(10)
    found = look(order_id, token, db)
    return found[0] if found else NOT_YET
