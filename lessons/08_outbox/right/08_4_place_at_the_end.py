# One statement for the safe rows; the place is written at the end of each run, moved or not
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


SAFE = """
SELECT * FROM outbox
WHERE number > ? AND number < coalesce((SELECT min(number) FROM running), 9e18)
ORDER BY number
"""


def relay(db, bus):
    last = db.execute("SELECT last FROM place")[0]["last"]
    for row in db.execute(SAFE, [last]):
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        last = row["number"]
    db.execute("UPDATE place SET last = ?", [last])
