# breaks: no duplicate effect
"""It appends to a stream of all orders as well, and whoever reads the store finds each choice twice."""

from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str


def choose(order_id, drink, store):
    for stream in ("all orders", order_id):
        event = DrinkChosen(order_id, drink)
        (stored,) = store.append(stream, [event], expected_version=store.version(stream))
    return stored.position


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
