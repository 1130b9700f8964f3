# breaks: no lost write
"""Read, published, deleted: a good outbox, if nobody else read it."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox ORDER BY number"):
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("DELETE FROM outbox WHERE number = ?", [row["number"]])
