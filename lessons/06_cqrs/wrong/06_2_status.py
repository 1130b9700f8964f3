# breaks: no lost message
"""One status, which goes from paid to packed to ready: it knows one way only."""

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


STATUS = "CREATE TABLE IF NOT EXISTS status (order_id TEXT PRIMARY KEY, status TEXT)"


def handle(record, db):
    event = record.event
    db.execute(STATUS)
    if isinstance(event, OrderPaid):
        db.execute("INSERT OR IGNORE INTO status VALUES (?, 'paid')", [event.order_id])
    elif isinstance(event, OrderCancelled):
        db.execute("INSERT OR REPLACE INTO status VALUES (?, 'cancelled')", [event.order_id])
    elif event.parcel == event.parcels:
        ready = "UPDATE status SET status = 'ready' WHERE order_id = ? AND status = 'paid'"
        db.execute(ready, [event.order_id])


def to_ship(db):
    db.execute(STATUS)
    return [row["order_id"] for row in db.execute("SELECT * FROM status WHERE status = 'ready'")]
