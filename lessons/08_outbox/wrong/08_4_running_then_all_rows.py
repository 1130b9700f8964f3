# breaks: no lost message
"""First who runs, then the rows: among them one that has overtaken somebody who began in between."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    running = [row["number"] for row in db.execute("SELECT number FROM running")]
    last = db.execute("SELECT last FROM place")[0]["last"]
    for row in db.execute("SELECT * FROM outbox WHERE number > ? ORDER BY number", [last]):
        if any(number < row["number"] for number in running):
            break
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
