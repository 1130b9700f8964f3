# Rows and who is running are read inside one transaction, and published after it
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    with db.transaction():
        (place,) = db.execute("SELECT last FROM place")
        rows = db.execute("SELECT * FROM outbox WHERE number > ? ORDER BY number", [place["last"]])
        running = [row["number"] for row in db.execute("SELECT number FROM running")]
    for row in rows:
        if any(number < row["number"] for number in running):
            break
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
