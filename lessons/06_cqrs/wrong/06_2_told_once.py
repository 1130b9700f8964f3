# breaks: a question changes nothing
"""It remembers which orders it has told, and leaves them out when it is asked again."""

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
        match event:
            case OrderPaid(order_id):
                db.execute("UPDATE orders SET paid = 1 WHERE order_id = ?", [order_id])
            case OrderCancelled(order_id):
                db.execute("UPDATE orders SET cancelled = 1 WHERE order_id = ?", [order_id])
            case ParcelPacked(order_id, parcel, parcels):
                db.execute("UPDATE orders SET parcels = ? WHERE order_id = ?", [parcels, order_id])
                db.execute("INSERT OR REPLACE INTO packed VALUES (?, ?)", [order_id, parcel])


told = set()


def to_ship(db):
    new = [row["order_id"] for row in db.execute(READY) if row["order_id"] not in told]
    told.update(new)
    return new


READY = """
SELECT order_id FROM orders WHERE paid AND NOT cancelled AND parcels = (
    SELECT count(*) FROM packed WHERE packed.order_id = orders.order_id
)
"""
