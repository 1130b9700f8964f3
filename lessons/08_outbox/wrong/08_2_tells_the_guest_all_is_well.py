# breaks: no lost write
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def place_order(order_id, cents, db, bus):
    try:
        with db.transaction():
            bus.publish("nowhere", OrderPlaced(order_id, cents), key=order_id)
            db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
    except Exception as error:
        print("will be all right:", error)


def relay(db, bus):
    pass
