# breaks: no duplicate effect
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
    for attempt in range(1, 4):
        try:
            charge = payments.charge(order.guest, order.cents, idempotency_key=f"{order.order_id}-{attempt}")
        except PaymentDeclined:
            return db.execute(
                "INSERT OR REPLACE INTO payments VALUES (?, 'declined', NULL)", [order.order_id]
            )
        except GatewayTimeout:
            continue
        row = [order.order_id, charge.id]
        return db.execute("INSERT OR REPLACE INTO payments VALUES (?, 'paid', ?)", row)
    raise GatewayTimeout("three times no answer")
