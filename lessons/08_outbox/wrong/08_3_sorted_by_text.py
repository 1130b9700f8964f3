# breaks: order per key
"""Sorted, but not by the number."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY order_id, what"):
        bus.publish("orders", OrderChanged(row["order_id"], row["what"]), key=row["order_id"], id=row["id"])
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
