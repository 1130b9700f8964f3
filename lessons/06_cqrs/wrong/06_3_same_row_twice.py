# breaks: read your writes
"""The row is the same before and after the checkpoint is read; in between it was there, and was set back."""

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


def drink_of(order_id, db):
    rows = db.execute("SELECT drink FROM pages WHERE order_id = ?", [order_id])
    return rows[0]["drink"] if rows else None


def my_order(order_id, token, db, timer):
    until = timer.now() + 100
    while True:
        before = drink_of(order_id, db)
        (row,) = db.execute("SELECT position FROM checkpoint")
        if row["position"] >= token and drink_of(order_id, db) == before:
            return before
        if timer.now() >= until:
            return NOT_YET
        timer.wait(10)
