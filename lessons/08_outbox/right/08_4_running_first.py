# First who is running, then the rows: what begins in between has a greater number
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    newest = db.execute("SELECT max(number) AS number FROM outbox")[0]["number"] or 0
    oldest = db.execute("SELECT min(number) AS number FROM running")[0]["number"] or newest + 1
    last = db.execute("SELECT last FROM place")[0]["last"]
    below = min(oldest, newest + 1)
    for row in db.execute(
        "SELECT * FROM outbox WHERE number > ? AND number < ? ORDER BY number", [last, below]
    ):
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
