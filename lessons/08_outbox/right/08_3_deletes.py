# The first row, until there is none; ids are made of the row's number
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    while rows := db.execute("SELECT * FROM outbox ORDER BY number LIMIT 1"):
        number, order_id = rows[0]["number"], rows[0]["order_id"]
        bus.publish("orders", OrderChanged(order_id, rows[0]["what"]), key=order_id, id=f"outbox-{number}")
        db.execute("DELETE FROM outbox WHERE number = ?", [number])
