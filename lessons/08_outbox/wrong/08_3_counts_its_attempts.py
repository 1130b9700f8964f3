# breaks: consistent output
"""The row's id, and the number of the attempt."""

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import BrokerUnreachable


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        for attempt in range(1, 4):
            try:
                event = OrderChanged(row["order_id"], row["what"])
                bus.publish("orders", event, key=event.order_id, id=f"{row['id']}-{attempt}")
                break
            except BrokerUnreachable:
                if attempt == 3:
                    raise
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
