# The outbox is a queue: one row at a time, deleted once it is published
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


def place_order(order_id, cents, db, bus):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
        db.execute("INSERT INTO outbox (order_id, cents) VALUES (?, ?)", [order_id, cents])


def relay(db, bus):
    while rows := db.execute("SELECT * FROM outbox ORDER BY number LIMIT 1"):
        (row,) = rows
        bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("DELETE FROM outbox WHERE number = ?", [row["number"]])
