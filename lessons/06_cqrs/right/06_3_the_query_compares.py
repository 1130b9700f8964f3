# The query itself gives a row only where the checkpoint has come far enough

from dataclasses import dataclass

from sandbox import Event

NOT_YET = "not yet"


@dataclass(frozen=True)
class DrinkChosen(Event):
    order_id: str
    drink: str


PAGE = """
SELECT pages.drink FROM checkpoint LEFT JOIN pages ON pages.order_id = :order_id
WHERE checkpoint.position >= :token
"""


def choose(order_id, drink, store):
    stored = store.append(order_id, [DrinkChosen(order_id, drink)], expected_version=store.version(order_id))
    return stored[-1].position


def my_order(order_id, token, db, timer):
    waited = 0
    while not (rows := db.execute(PAGE, {"order_id": order_id, "token": token})):
        if waited >= 100:
            return NOT_YET
        timer.wait(20)
        waited += 20
    return rows[0]["drink"]
