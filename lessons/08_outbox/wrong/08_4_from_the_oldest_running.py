# breaks: no duplicate effect
"""It publishes everything, and then goes back to before the oldest one that runs: nothing is lost, much comes again."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    with db.transaction():
        last = db.execute("SELECT last FROM place")[0]["last"]
        rows = db.execute("SELECT * FROM outbox WHERE number > ? ORDER BY number", [last])
        oldest = db.execute("SELECT min(number) AS number FROM running")[0]["number"]
    for row in rows:
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
    if oldest is not None:
        db.execute("UPDATE place SET last = min(last, ?)", [oldest - 1])
