# All that waits is published first, then marked with one statement
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def place_order(order_id, cents, db, bus):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
        db.execute("INSERT INTO outbox (order_id, cents) VALUES (?, ?)", [order_id, cents])


def relay(db, bus):
    waiting = db.execute("SELECT * FROM outbox WHERE NOT sent ORDER BY number")
    for row in waiting:
        event = OrderPlaced(order_id=row["order_id"], cents=row["cents"])
        bus.publish("orders", event, key=event.order_id)
    if waiting:
        db.execute("UPDATE outbox SET sent = 1 WHERE number <= ?", [waiting[-1]["number"]])
