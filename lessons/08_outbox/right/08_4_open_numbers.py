# A position, and notes of the numbers below it that were running when it passed them
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    with db.transaction():
        last = db.execute("SELECT last FROM place")[0]["last"]
        db.execute(
            "INSERT OR IGNORE INTO notes SELECT number FROM running WHERE number <= "
            "(SELECT coalesce(max(number), 0) FROM outbox)"
        )
        rows = db.execute(
            "SELECT * FROM outbox WHERE number > ? OR number IN (SELECT number FROM notes) ORDER BY number",
            [last],
        )
    for row in rows:
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        with db.transaction():
            db.execute("DELETE FROM notes WHERE number = ?", [row["number"]])
            db.execute("UPDATE place SET last = max(last, ?)", [row["number"]])
