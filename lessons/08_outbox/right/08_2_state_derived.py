# No second table is filled: an order that is not marked as said is still to be said
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def place_order(order_id, cents, db, bus):
    db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])


def relay(db, bus):
    unsaid = "SELECT * FROM orders WHERE order_id NOT IN (SELECT order_id FROM outbox) ORDER BY rowid"
    for order in db.execute(unsaid):
        bus.publish("orders", OrderPlaced(**order), key=order["order_id"])
        db.execute("INSERT INTO outbox (order_id, cents, sent) VALUES (:order_id, :cents, 1)", order)
