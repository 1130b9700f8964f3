# breaks: no lost message
"""The right question, asked too late: who ran a moment ago is committed, and not among the rows."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    last = db.execute("SELECT last FROM place")[0]["last"]
    rows = db.execute("SELECT * FROM outbox WHERE number > ? ORDER BY number", [last])
    oldest = db.execute("SELECT min(number) AS number FROM running")[0]["number"]
    for row in rows:
        if oldest is not None and row["number"] > oldest:
            return
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
