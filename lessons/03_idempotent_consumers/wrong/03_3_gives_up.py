# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import GatewayTimeout, PaymentDeclined


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    guest: str
    cents: int


def handle(record, db, payments):
    order = record.event
    for _ in range(3):
        try:
            made = payments.charge(order.guest, order.cents, idempotency_key=order.order_id)
            row = [order.order_id, "paid", made.id]
            break
        except PaymentDeclined:
            row = [order.order_id, "declined", None]
            break
        except GatewayTimeout:
            pass
    else:
        row = [order.order_id, "declined", None]
    db.execute("INSERT OR REPLACE INTO payments VALUES (?, ?, ?)", row)
