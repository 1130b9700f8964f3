# breaks: no needless wait
"""It waits as long as it may take, and then looks at the checkpoint: always right, always slow."""

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
    timer.wait(100)
    (row,) = db.execute(PAGE, [order_id])
    return row["drink"] if row["position"] >= token else NOT_YET


PAGE = """
SELECT position, (SELECT drink FROM pages WHERE order_id = ?) AS drink
FROM checkpoint
"""
