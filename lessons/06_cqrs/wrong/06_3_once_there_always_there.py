# breaks: read your writes
"""It remembers whose order was there once, and does not look at the checkpoint again."""

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


there = set()


def my_order(order_id, token, db, timer):
    until = timer.now() + 100
    while True:
        (row,) = db.execute(PAGE, [order_id])
        if row["position"] >= token:
            there.add((order_id, token))
        if (order_id, token) in there:
            return row["drink"]
        if timer.now() >= until:
            return NOT_YET
        timer.wait(10)


PAGE = """
SELECT position, (SELECT drink FROM pages WHERE order_id = ?) AS drink
FROM checkpoint
"""
