# breaks: order per key
"""Without ORDER BY, rows come as the database likes."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0"):
        event = OrderChanged(row["order_id"], row["what"])
        bus.publish("orders", event, key=event.order_id, id=row["id"])
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
