# breaks: no lost message
"""Each fact writes the whole row, and wipes out what another one has said."""

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
    if isinstance(event, OrderPaid):
        db.execute("INSERT OR REPLACE INTO orders (order_id, paid) VALUES (?, 1)", [event.order_id])
    elif isinstance(event, OrderCancelled):
        db.execute("INSERT OR REPLACE INTO orders (order_id, cancelled) VALUES (?, 1)", [event.order_id])
    else:
        db.execute("INSERT OR IGNORE INTO packed VALUES (?, ?)", [event.order_id, event.parcel])
        db.execute(
            "INSERT INTO orders (order_id, parcels) VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET parcels = excluded.parcels",
            [event.order_id, event.parcels],
        )


def to_ship(db):
    return [row["order_id"] for row in db.execute(READY)]


READY = """
SELECT order_id FROM orders WHERE paid AND NOT cancelled AND parcels = (
    SELECT count(*) FROM packed WHERE packed.order_id = orders.order_id
)
"""
