# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


waiting = []


def place_order(order_id, cents, db, bus):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
    waiting.append(OrderPlaced(order_id, cents))
    while waiting:
        bus.publish("orders", waiting[0], key=waiting[0].order_id)
        waiting.pop(0)


def relay(db, bus):
    while waiting:
        bus.publish("orders", waiting[0], key=waiting[0].order_id)
        waiting.pop(0)
