# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def place_order(order_id, cents, db, bus):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
    bus.publish("orders", OrderPlaced(order_id, cents), key=order_id)


def relay(db, bus):
    pass
