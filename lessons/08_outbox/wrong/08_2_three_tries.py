# breaks: no lost message
"""It tries three times, and marks the row all the same: the broker may be away for longer."""

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import BrokerUnreachable


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
        for _ in range(3):
            try:
                bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
                break
            except BrokerUnreachable:
                pass
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
