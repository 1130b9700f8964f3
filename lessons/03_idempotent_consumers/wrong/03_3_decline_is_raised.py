# breaks: termination
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    guest: str
    cents: int


def handle(record, db, payments):
    order = record.event
    charge = payments.charge(order.guest, order.cents, idempotency_key=order.order_id)
    db.execute("INSERT OR REPLACE INTO payments VALUES (?, 'paid', ?)", [order.order_id, charge.id])
