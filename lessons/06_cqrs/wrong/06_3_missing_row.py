# breaks: read your writes
"""A row that is missing counts as not yet; but a rebuild that is half done shows an old one."""

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
    while timer.now() <= until:
        if db.execute("SELECT position FROM checkpoint")[0]["position"] >= token:
            rows = db.execute("SELECT drink FROM pages WHERE order_id = ?", [order_id])
            if rows:
                return rows[0]["drink"]
        timer.wait(10)
    return NOT_YET
