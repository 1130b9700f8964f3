# breaks: read your writes
"""First the checkpoint, then the row: a rebuild comes in between, and the row is an old one, or gone."""

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


def my_order(order_id, token, db, timer):
    until = timer.now() + 100
    while db.execute("SELECT position FROM checkpoint")[0]["position"] < token:
        if timer.now() >= until:
            return NOT_YET
        timer.wait(10)
    rows = db.execute("SELECT drink FROM pages WHERE order_id = ?", [order_id])
    return rows[0]["drink"] if rows else None
