# A note for each row that is out, instead of a position
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE number NOT IN (SELECT number FROM notes)"):
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("INSERT INTO notes VALUES (?)", [row["number"]])
