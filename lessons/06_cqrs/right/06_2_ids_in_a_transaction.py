# It counts down, and marks what it has counted in the same transaction

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
        db.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")
        if db.execute("SELECT 1 FROM seen WHERE id = ?", [record.envelope.id]):
            return
        db.execute("INSERT INTO seen VALUES (?)", [record.envelope.id])
        db.execute("INSERT OR IGNORE INTO orders (order_id) VALUES (?)", [event.order_id])
        match event:
            case OrderPaid(order_id):
                db.execute("UPDATE orders SET paid = 1 WHERE order_id = ?", [order_id])
            case OrderCancelled(order_id):
                db.execute("UPDATE orders SET cancelled = 1 WHERE order_id = ?", [order_id])
            case ParcelPacked(order_id, _, parcels):
                left = "UPDATE orders SET parcels = coalesce(parcels, ?) - 1 WHERE order_id = ?"
                db.execute(left, [parcels, order_id])


def to_ship(db):
    ready = "SELECT order_id FROM orders WHERE paid AND NOT cancelled AND parcels = 0"
    return [row["order_id"] for row in db.execute(ready)]
