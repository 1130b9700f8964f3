# breaks: order per key
"""Without a key, the events of one order are spread over the partitions."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        bus.publish("orders", OrderChanged(row["order_id"], row["what"]), id=row["id"])
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
