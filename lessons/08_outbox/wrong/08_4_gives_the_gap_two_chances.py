# breaks: no lost message
"""A gap is waited for, twice; whoever has not come by then, it thinks, will never come."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    last = db.execute("SELECT last FROM place")[0]["last"]
    for row in db.execute("SELECT * FROM outbox WHERE number > ? ORDER BY number", [last]):
        if row["number"] > last + 1:
            tries = db.execute("SELECT count(*) AS n FROM notes")[0]["n"]
            if tries < 2:
                db.execute("INSERT INTO notes VALUES (?)", [tries])
                return
        db.execute("DELETE FROM notes")
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE place SET last = ?", [row["number"]])
        last = row["number"]
