# breaks: no lost message
"""It reads the row, changes it and writes it back; meanwhile another reader has changed it."""

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
    known = db.execute("SELECT * FROM orders WHERE order_id = ?", [event.order_id])
    row = known[0] if known else {"order_id": event.order_id, "parcels": None, "paid": 0, "cancelled": 0}
    match event:
        case OrderPaid():
            row["paid"] = 1
        case OrderCancelled():
            row["cancelled"] = 1
        case ParcelPacked(order_id, parcel, parcels):
            row["parcels"] = parcels
            db.execute("INSERT OR IGNORE INTO packed VALUES (?, ?)", [order_id, parcel])
    db.execute("INSERT OR REPLACE INTO orders VALUES (:order_id, :parcels, :paid, :cancelled)", row)


def to_ship(db):
    return [row["order_id"] for row in db.execute(READY)]


READY = """
SELECT order_id FROM orders WHERE paid AND NOT cancelled AND parcels = (
    SELECT count(*) FROM packed WHERE packed.order_id = orders.order_id
)
"""
