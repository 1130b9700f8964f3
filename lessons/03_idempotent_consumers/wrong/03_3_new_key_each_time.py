# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import PaymentDeclined


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    guest: str
    cents: int


from uuid import uuid4


def handle(record, db, payments):
    order = record.event
    if db.execute("SELECT 1 FROM payments WHERE order_id = ?", [order.order_id]):
        return
    try:
        charge = payments.charge(order.guest, order.cents, idempotency_key=str(uuid4()))
        row = [order.order_id, "paid", charge.id]
    except PaymentDeclined:
        row = [order.order_id, "declined", None]
    db.execute("INSERT OR REPLACE INTO payments VALUES (?, ?, ?)", row)
