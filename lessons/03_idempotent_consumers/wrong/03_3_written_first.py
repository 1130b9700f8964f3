# breaks: consistent output
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
    new = db.execute(
        "INSERT INTO payments VALUES (?, 'paid', NULL) ON CONFLICT DO NOTHING RETURNING order_id",
        [order.order_id],
    )
    if not new:
        return  # charged before
    update = "UPDATE payments SET status = ?, charge_id = ? WHERE order_id = ?"
    try:
        charge = payments.charge(order.guest, order.cents, idempotency_key=order.order_id)
        db.execute(update, ["paid", charge.id, order.order_id])
    except PaymentDeclined:
        db.execute(update, ["declined", None, order.order_id])
