# breaks: no ghost message
"""The last parcel has the highest number; so when that is closed, all are."""

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
    db.execute("INSERT OR IGNORE INTO orders (order_id) VALUES (?)", [event.order_id])
    match event:
        case OrderPaid(order_id):
            db.execute("UPDATE orders SET paid = 1 WHERE order_id = ?", [order_id])
        case OrderCancelled(order_id):
            db.execute("UPDATE orders SET cancelled = 1 WHERE order_id = ?", [order_id])
        case ParcelPacked(order_id, parcel, parcels) if parcel == parcels:
            db.execute("UPDATE orders SET parcels = ? WHERE order_id = ?", [parcels, order_id])


def to_ship(db):
    ready = "SELECT order_id FROM orders WHERE paid AND NOT cancelled AND parcels"
    return [row["order_id"] for row in db.execute(ready)]
