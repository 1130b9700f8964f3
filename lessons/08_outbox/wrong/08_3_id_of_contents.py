# breaks: consistent output
"""The same words, the same id. But A-1 is placed twice, and these are two events."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        bus.publish(
            "orders",
            OrderChanged(row["order_id"], row["what"]),
            key=row["order_id"],
            id=f"{row['order_id']}-{row['what']}",
        )
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
