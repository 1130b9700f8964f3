# breaks: order per key
"""It remembers one order that has failed, and forgets the one before."""

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import BrokerUnreachable


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    held = None
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        if row["order_id"] == held:
            continue
        try:
            bus.publish(
                "orders", OrderChanged(row["order_id"], row["what"]), key=row["order_id"], id=row["id"]
            )
        except BrokerUnreachable:
            held = row["order_id"]
            continue
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
