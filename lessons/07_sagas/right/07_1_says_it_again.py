# It keeps no note of what it has said: it says it again whenever a record comes

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
    match record.event:
        case OrderPlaced(order_id, cups, cents):
            with db.transaction():
                if not db.execute("SELECT 1 FROM orders WHERE order_id = ?", [order_id]):
                    db.execute("INSERT INTO orders VALUES (?, ?, ?, 'waiting')", [order_id, cups, cents])
                set_aside(db)
        case PaymentFailed(order_id):
            with db.transaction():
                held = db.execute("SELECT cups FROM orders WHERE order_id = ? AND state = 'held'", [order_id])
                for row in held:
                    db.execute("UPDATE shelf SET free = free + ?", [row["cups"]])
                db.execute("UPDATE orders SET state = 'failed' WHERE order_id = ?", [order_id])
                set_aside(db)
    for row in db.execute("SELECT * FROM orders WHERE state = 'held'"):
        if isinstance(record.event, PaymentFailed) or row["order_id"] == record.event.order_id:
            bus.publish("cups", CupsReserved(row["order_id"], row["cents"]))


def set_aside(db):
    for row in db.execute("SELECT * FROM orders WHERE state = 'waiting' ORDER BY rowid"):
        (shelf,) = db.execute("SELECT free FROM shelf")
        if shelf["free"] >= row["cups"]:
            db.execute("UPDATE shelf SET free = free - ?", [row["cups"]])
            db.execute("UPDATE orders SET state = 'held' WHERE order_id = ?", [row["order_id"]])


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
