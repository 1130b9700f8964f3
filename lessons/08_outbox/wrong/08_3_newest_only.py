# breaks: no lost message
"""Only the newest change of each order counts, it thinks."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    newest = "SELECT *, max(number) FROM outbox WHERE sent = 0 GROUP BY order_id ORDER BY number"
    for row in db.execute(newest):
        bus.publish("orders", OrderChanged(row["order_id"], row["what"]), key=row["order_id"], id=row["id"])
        db.execute(
            "UPDATE outbox SET sent = 1 WHERE order_id = ? AND number <= ?", [row["order_id"], row["number"]]
        )
