# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


hooks = []  # as frameworks offer it: what is to be done once the transaction is committed


def place_order(order_id, cents, db, bus):
    hooks.append(lambda: bus.publish("orders", OrderPlaced(order_id, cents), key=order_id))
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
    while hooks:
        hooks.pop(0)()


def relay(db, bus):
    pass
