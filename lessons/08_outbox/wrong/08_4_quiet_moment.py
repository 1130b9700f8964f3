# breaks: no lost message
"""It works only in a quiet moment. Between two statements the moment is over."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    if db.execute("SELECT * FROM running"):
        return  # not now
    last = db.execute("SELECT last FROM place")[0]["last"]
    for row in db.execute("SELECT * FROM outbox WHERE number > ? ORDER BY number", [last]):
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
