# breaks: read your writes
"""After the bound it shows what there is, which may be older."""

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
    while True:
        (row,) = db.execute(PAGE, [order_id])
        if row["position"] >= token or timer.now() >= until:
            return row["drink"]
        timer.wait(10)


PAGE = """
SELECT position, (SELECT drink FROM pages WHERE order_id = ?) AS drink
FROM checkpoint
"""
