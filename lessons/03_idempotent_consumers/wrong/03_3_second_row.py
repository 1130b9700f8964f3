# breaks: termination
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
    try:
        made = payments.charge(order.guest, order.cents, idempotency_key=order.order_id)
        db.execute("INSERT INTO payments VALUES (?, 'paid', ?)", [order.order_id, made.id])
    except PaymentDeclined:
        db.execute("INSERT INTO payments VALUES (?, 'declined', NULL)", [order.order_id])
