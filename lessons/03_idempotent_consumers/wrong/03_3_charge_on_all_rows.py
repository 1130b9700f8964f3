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
    db.execute("INSERT OR REPLACE INTO payments VALUES (?, 'declined', NULL)", [order.order_id])
    try:
        made = payments.charge(order.guest, order.cents, idempotency_key=order.order_id)
    except PaymentDeclined:
        return
    db.execute("UPDATE payments SET status = 'paid' WHERE order_id = ?", [order.order_id])
    db.execute("UPDATE payments SET charge_id = ?", [made.id])
