# It keeps the facts, and thinks when it is asked

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
    if isinstance(event, ParcelPacked):
        db.execute("INSERT OR IGNORE INTO packed VALUES (?, ?)", [event.order_id, event.parcel])
        known = db.execute("SELECT * FROM orders WHERE order_id = ?", [event.order_id])
        if not known:
            db.execute("INSERT OR IGNORE INTO orders (order_id) VALUES (?)", [event.order_id])
        db.execute("UPDATE orders SET parcels = ? WHERE order_id = ?", [event.parcels, event.order_id])
        return
    column = "paid" if isinstance(event, OrderPaid) else "cancelled"
    db.execute(
        f"INSERT INTO orders (order_id, {column}) VALUES (?, 1) ON CONFLICT DO UPDATE SET {column} = 1",
        [event.order_id],
    )


def to_ship(db):
    closed = {}
    for row in db.execute("SELECT * FROM packed"):
        closed.setdefault(row["order_id"], set()).add(row["parcel"])
    return [
        row["order_id"]
        for row in db.execute("SELECT * FROM orders ORDER BY order_id")
        if row["paid"]
        and not row["cancelled"]
        and row["parcels"]
        and closed.get(row["order_id"], set()) >= set(range(1, row["parcels"] + 1))
    ]
