# breaks: no lost message
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
        charge = payments.charge(order.guest, order.cents, idempotency_key=order.guest)
        row = [order.order_id, "paid", charge.id]
    except PaymentDeclined:
        row = [order.order_id, "declined", None]
    db.execute("INSERT OR REPLACE INTO payments VALUES (?, ?, ?)", row)
