# breaks: no ghost message
"""When the last parcel is closed the order is ready, since packing comes after paying."""

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
        db.execute(
            "INSERT INTO orders (order_id, parcels) VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET parcels = excluded.parcels",
            [event.order_id, event.parcels],
        )
    elif isinstance(event, OrderCancelled):
        db.execute(
            "INSERT INTO orders (order_id, cancelled) VALUES (?, 1) ON CONFLICT DO UPDATE SET cancelled = 1",
            [event.order_id],
        )


def to_ship(db):
    return [row["order_id"] for row in db.execute(READY)]


READY = """
SELECT order_id FROM orders WHERE NOT cancelled AND parcels = (
    SELECT count(*) FROM packed WHERE packed.order_id = orders.order_id
)
"""
