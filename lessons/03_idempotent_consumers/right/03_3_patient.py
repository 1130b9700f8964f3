# Asks three times with one key, and then leaves it to the next delivery
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
    charge = None
    for attempt in (1, 2, 3):
        try:
            charge = payments.charge(order.guest, order.cents, idempotency_key=f"pay/{order.order_id}")
            break
        except PaymentDeclined:
            break
        except GatewayTimeout:
            if attempt == 3:
                raise
    with db.transaction():
        db.execute("DELETE FROM payments WHERE order_id = ?", [order.order_id])
        values = [order.order_id, "paid" if charge else "declined", charge and charge.id]
        db.execute("INSERT INTO payments VALUES (?, ?, ?)", values)
