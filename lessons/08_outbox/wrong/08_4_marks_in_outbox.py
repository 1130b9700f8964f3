# breaks: no lost write
"""It keeps its mark in the outbox itself: a sum below zero."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE cents >= 0 ORDER BY number"):
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE outbox SET cents = -1 - cents WHERE number = ?", [row["number"]])
