# The event's id is the key: a copy has the same one
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
        charge = payments.charge(order.guest, order.cents, idempotency_key=record.envelope.id)
    except PaymentDeclined:
        db.execute(
            "INSERT INTO payments VALUES (?, 'declined', NULL) ON CONFLICT DO NOTHING", [order.order_id]
        )
    else:
        paid = "INSERT INTO payments VALUES (?, 'paid', ?) ON CONFLICT DO NOTHING"
        db.execute(paid, [order.order_id, charge.id])
