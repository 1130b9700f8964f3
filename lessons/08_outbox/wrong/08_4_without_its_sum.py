# breaks: no ghost message
"""Every order is told, in its order; what it costs, the kitchen need not know."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    for row in db.execute(
        "SELECT * FROM outbox WHERE number NOT IN (SELECT number FROM notes) ORDER BY number"
    ):
        bus.publish("orders", OrderPlaced(row["order_id"], 0), key=row["order_id"])
        db.execute("INSERT INTO notes VALUES (?)", [row["number"]])
