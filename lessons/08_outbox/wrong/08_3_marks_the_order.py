# breaks: no lost message
"""It marks by the order, and with it a change that isn't out yet."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        bus.publish("orders", OrderChanged(row["order_id"], row["what"]), key=row["order_id"], id=row["id"])
        db.execute("UPDATE outbox SET sent = 1 WHERE order_id = ?", [row["order_id"]])
