# breaks: no ghost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def place_order(order_id, cents, db, bus):
    bus.publish("orders", OrderPlaced(order_id, cents), key=order_id)
    db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])


def relay(db, bus):
    pass
