# breaks: honest answer
"""It waits until the page says what the guest has written; meanwhile the barista has changed it again."""

from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str


def choose(order_id, drink, store):
    store.append(order_id, [DrinkChosen(order_id, drink)], expected_version=store.version(order_id))
    return drink


def my_order(order_id, token, db, timer):
    until = timer.now() + 100
    while timer.now() <= until:
        rows = db.execute("SELECT drink FROM pages WHERE order_id = ?", [order_id])
        if rows and rows[0]["drink"] == token:
            return token
        timer.wait(10)
    return NOT_YET
