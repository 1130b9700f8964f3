# breaks: order per key
"""What can't be published now is published next time, and what is behind it goes first."""

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import BrokerUnreachable


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        try:
            bus.publish(
                "orders", OrderChanged(row["order_id"], row["what"]), key=row["order_id"], id=row["id"]
            )
        except BrokerUnreachable:
            continue  # next time
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
