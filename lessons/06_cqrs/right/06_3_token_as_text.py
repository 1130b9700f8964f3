# The token is a text, as it would stand in a cookie

from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str


PAGE = "SELECT position, drink FROM checkpoint LEFT JOIN pages ON order_id = ?"


def choose(order_id, drink, store):
    stored = store.append(order_id, [DrinkChosen(order_id, drink)], expected_version=store.version(order_id))
    return f"till@{stored[0].position}"


def my_order(order_id, token, db, timer):
    wanted = int(token.partition("@")[2])
    until = timer.now() + 100
    seen = db.execute(PAGE, [order_id])[0]
    while seen["position"] < wanted and timer.now() < until:
        timer.wait(5)
        seen = db.execute(PAGE, [order_id])[0]
    return seen["drink"] if seen["position"] >= wanted else NOT_YET
