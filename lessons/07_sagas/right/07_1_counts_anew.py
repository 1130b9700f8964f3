# The shelf is counted anew from the orders each time

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
    event, order_id = record.event, record.event.order_id
    with db.transaction():
        if record.envelope.type == "OrderPlaced":
            db.execute(
                "INSERT INTO orders VALUES (?, ?, ?, 'waits') ON CONFLICT (order_id) DO NOTHING",
                [order_id, event.cups, event.cents],
            )
        else:
            db.execute("UPDATE orders SET state = 'unpaid' WHERE order_id = ?", [order_id])
        count(db)
    tell(db, bus)


def count(db):
    orders = db.execute("SELECT * FROM orders ORDER BY rowid")
    free = 5 - sum(order["cups"] for order in orders if order["state"] in ("has cups", "was told"))
    for order in orders:
        if order["state"] == "waits" and order["cups"] <= free:
            free -= order["cups"]
            db.execute("UPDATE orders SET state = 'has cups' WHERE order_id = ?", [order["order_id"]])
    db.execute("UPDATE shelf SET free = ?", [free])


def tell(db, bus):
    for order in db.execute("SELECT * FROM orders WHERE state = 'has cups'"):
        bus.publish("cups", CupsReserved(order["order_id"], order["cents"]))
        db.execute(
            "UPDATE orders SET state = 'was told' WHERE order_id = ? AND state = 'has cups'",
            [order["order_id"]],
        )


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
