# breaks: no lost message
"""The right question, and then the place is written before the event is out."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


SAFE = """
SELECT * FROM outbox
WHERE number > (SELECT last FROM place)
AND NOT EXISTS (SELECT * FROM running WHERE running.number < outbox.number)
ORDER BY number
"""


def relay(db, bus):
    for row in db.execute(SAFE):
        db.execute("UPDATE place SET last = ?", [row["number"]])
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
