# An open row first, closed when the provider has answered
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import PaymentDeclined


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    guest: str
    cents: int


def handle(record, db, payments):
    order = record.event
    db.execute("INSERT INTO payments VALUES (?, 'open', NULL) ON CONFLICT DO NOTHING", [order.order_id])
    (row,) = db.execute("SELECT * FROM payments WHERE order_id = ?", [order.order_id])
    if row["status"] != "open":
        return
    try:
        charge = payments.charge(order.guest, order.cents, idempotency_key=order.order_id)
        status, charge_id = "paid", charge.id
    except PaymentDeclined:
        status, charge_id = "declined", None
    db.execute(
        "UPDATE payments SET status = ?, charge_id = ? WHERE order_id = ?",
        [status, charge_id, order.order_id],
    )
