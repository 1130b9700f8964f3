# breaks: no ghost message
"""What is cancelled is deleted; whatever is heard of it later makes it anew."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPaid(Event):
    order_id: str


@dataclass(frozen=True)
class ParcelPacked(Event):
    order_id: str
    parcel: int
    parcels: int


@dataclass(frozen=True)
class OrderCancelled(Event):
    order_id: str


def handle(record, db):
    event = record.event
    if isinstance(event, OrderCancelled):
        db.execute("DELETE FROM orders WHERE order_id = ?", [event.order_id])
        db.execute("DELETE FROM packed WHERE order_id = ?", [event.order_id])
        return
    db.execute("INSERT OR IGNORE INTO orders (order_id) VALUES (?)", [event.order_id])
    if isinstance(event, OrderPaid):
        db.execute("UPDATE orders SET paid = 1 WHERE order_id = ?", [event.order_id])
    else:
        db.execute("INSERT OR IGNORE INTO packed VALUES (?, ?)", [event.order_id, event.parcel])
        db.execute("UPDATE orders SET parcels = ? WHERE order_id = ?", [event.parcels, event.order_id])


def to_ship(db):
    return [row["order_id"] for row in db.execute(READY)]


READY = """
SELECT order_id FROM orders WHERE paid AND NOT cancelled AND parcels = (
    SELECT count(*) FROM packed WHERE packed.order_id = orders.order_id
)
"""
