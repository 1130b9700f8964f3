# breaks: no lost message
"""First come, first served: behind an order that doesn't fit all others wait, too."""

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import PaymentDeclined


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cups: int
    cents: int


@dataclass(frozen=True)
class CupsReserved(Event):
    order_id: str
    cents: int


@dataclass(frozen=True)
class PaymentCaptured(Event):
    order_id: str


@dataclass(frozen=True)
class PaymentFailed(Event):
    order_id: str


def inventory(record, db, bus):
    event = record.event
    with db.transaction():
        if isinstance(event, OrderPlaced):
            db.execute(
                "INSERT OR IGNORE INTO orders VALUES (?, ?, ?, 'waiting')",
                [event.order_id, event.cups, event.cents],
            )
        else:
            give_back(event.order_id, db)
        serve(db)
    for row in db.execute("SELECT * FROM orders WHERE state = 'reserved'"):
        bus.publish("cups", CupsReserved(row["order_id"], row["cents"]), key=row["order_id"])
        db.execute("UPDATE orders SET state = 'told' WHERE order_id = ?", [row["order_id"]])


def give_back(order_id, db):
    rows = db.execute(
        "UPDATE orders SET state = 'over' WHERE order_id = ? AND state IN ('reserved', 'told') RETURNING cups",
        [order_id],
    )
    for row in rows:
        db.execute("UPDATE shelf SET free = free + ?", [row["cups"]])


def serve(db):
    for row in db.execute("SELECT * FROM orders WHERE state = 'waiting' ORDER BY rowid"):
        if db.execute("UPDATE shelf SET free = free - ? WHERE free >= ? RETURNING free", [row["cups"]] * 2):
            db.execute("UPDATE orders SET state = 'reserved' WHERE order_id = ?", [row["order_id"]])
        else:
            break


def payments(record, provider, bus):
    order_id, cents = record.event.order_id, record.event.cents
    try:
        provider.charge(f"guest of {order_id}", cents, idempotency_key=order_id)
    except PaymentDeclined:
        bus.publish("payments", PaymentFailed(order_id), key=order_id)
    else:
        bus.publish("payments", PaymentCaptured(order_id), key=order_id)


def kitchen(record, db):
    order_id = record.event.order_id
    with db.transaction():
        if not db.execute("SELECT 1 FROM made WHERE order_id = ?", [order_id]):
            db.execute("INSERT INTO made VALUES (?)", [order_id])
