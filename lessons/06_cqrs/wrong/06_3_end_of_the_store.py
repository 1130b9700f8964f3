# breaks: honest answer
"""The token is the end of the store, and by then another guest may have ordered."""

from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str


def choose(order_id, drink, store):
    store.append(order_id, [DrinkChosen(order_id, drink)], expected_version=store.version(order_id))
    return store.position()


def my_order(order_id, token, db, timer):
    until = timer.now() + 100
    while True:
        (row,) = db.execute(PAGE, [order_id])
        if row["position"] >= token:
            return row["drink"]
        if timer.now() >= until:
            return NOT_YET
        timer.wait(10)


PAGE = """
SELECT position, (SELECT drink FROM pages WHERE order_id = ?) AS drink
FROM checkpoint
"""
