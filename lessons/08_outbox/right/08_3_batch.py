# All that waits is published, then exactly that is marked
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    rows = db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number")
    for row in rows:
        bus.publish("orders", OrderChanged(row["order_id"], row["what"]), key=row["order_id"], id=row["id"])
    db.execute_many("UPDATE outbox SET sent = 1 WHERE number = ?", [[row["number"]] for row in rows])
