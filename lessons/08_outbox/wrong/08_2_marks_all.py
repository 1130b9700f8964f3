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
        db.execute("INSERT INTO outbox (order_id, cents) VALUES (?, ?)", [order_id, cents])


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
    db.execute("UPDATE outbox SET sent = 1 WHERE sent = 0")
