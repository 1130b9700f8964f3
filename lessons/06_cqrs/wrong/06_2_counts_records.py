# breaks: no ghost message
"""Each parcel that is heard of counts one; one that is heard of twice counts two."""

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
    with db.transaction():
        db.execute("INSERT OR IGNORE INTO orders (order_id) VALUES (?)", [event.order_id])
        if isinstance(event, OrderPaid):
            db.execute("UPDATE orders SET paid = 1 WHERE order_id = ?", [event.order_id])
        elif isinstance(event, OrderCancelled):
            db.execute("UPDATE orders SET cancelled = 1 WHERE order_id = ?", [event.order_id])
        else:
            left = "UPDATE orders SET parcels = coalesce(parcels, ?) - 1 WHERE order_id = ?"
            db.execute(left, [event.parcels, event.order_id])


def to_ship(db):
    ready = "SELECT order_id FROM orders WHERE paid AND NOT cancelled AND parcels <= 0"
    return [row["order_id"] for row in db.execute(ready)]
