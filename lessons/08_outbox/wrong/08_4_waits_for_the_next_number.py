# breaks: termination
"""It waits wherever a number is missing."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    last = db.execute("SELECT last FROM place")[0]["last"]
    for row in db.execute("SELECT * FROM outbox WHERE number > ? ORDER BY number", [last]):
        if row["number"] != last + 1:
            return  # number last + 1 is still to come
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
        last = row["number"]
