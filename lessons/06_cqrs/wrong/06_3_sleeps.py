# breaks: read your writes
"""A little sleep, and then whatever there is."""

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
    timer.wait(50)
    rows = db.execute("SELECT drink FROM pages WHERE order_id = ?", [order_id])
    return rows[0]["drink"] if rows else NOT_YET
