# breaks: consistent output
"""The order's number is stable, and it is the same for all that the order goes through."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        event = OrderChanged(row["order_id"], row["what"])
        bus.publish("orders", event, key=event.order_id, id=event.order_id)
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
