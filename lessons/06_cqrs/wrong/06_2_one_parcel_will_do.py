# breaks: no ghost message
"""Paid and packed: but not all of its parcels are packed."""

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
    if isinstance(event, ParcelPacked):
        db.execute("INSERT OR IGNORE INTO packed VALUES (?, ?)", [event.order_id, event.parcel])
    else:
        column = "paid" if isinstance(event, OrderPaid) else "cancelled"
        db.execute(f"UPDATE orders SET {column} = 1 WHERE order_id = ?", [event.order_id])


def to_ship(db):
    ready = "SELECT DISTINCT order_id FROM orders JOIN packed USING (order_id) WHERE paid AND NOT cancelled"
    return [row["order_id"] for row in db.execute(ready)]
