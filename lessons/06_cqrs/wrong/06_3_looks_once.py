# breaks: honest answer
"""It looks once, and says honestly that it is not there; it could have waited."""

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
    (row,) = db.execute(PAGE, [order_id])
    return row["drink"] if row["position"] >= token else NOT_YET


PAGE = """
SELECT position, (SELECT drink FROM pages WHERE order_id = ?) AS drink
FROM checkpoint
"""
