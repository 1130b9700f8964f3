"""Payments: takes a customer's money through the provider, and gives it back."""

from collections.abc import Iterable

from sandbox.errors import PaymentDeclined
from sandbox.patterns import Retry
from sandbox.ports import Charge, Database, Gateway, Refund
from sandbox.shop.messages import PaymentCaptured, PaymentFailed, PaymentRefunded
from sandbox.shop.service import Message, Outside

TABLES = (
    "CREATE TABLE IF NOT EXISTS payments (order_id TEXT PRIMARY KEY, charge_id TEXT, refunded INTEGER)",
)
OF_ORDER = "SELECT * FROM payments WHERE order_id = ?"


def capture(gateway: Gateway, retry: Retry) -> Outside:
    """Take the money. The key is the order's, so that asking again takes it once."""

    def call(db: Database, message: Message) -> Charge | PaymentFailed:
        order_id, order = message.order_id, message.order
        if any(row["refunded"] for row in db.execute(OF_ORDER, [order_id])):
            return PaymentFailed(order_id, "refunded before it was captured")
        key = f"charge {order_id}"
        try:
            return retry(lambda: gateway.charge(order.customer, order.cents, idempotency_key=key))
        except PaymentDeclined as refusal:
            return PaymentFailed(order_id, str(refusal))

    def then(db: Database, message: Message, answer: Charge | PaymentFailed) -> Iterable[Message]:
        if isinstance(answer, PaymentFailed):
            return [answer]
        db.execute("INSERT INTO payments VALUES (?, ?, FALSE)", [message.order_id, answer.id])
        return [PaymentCaptured(message.order_id, message.order)]

    return Outside(call, then)


def refund(gateway: Gateway, retry: Retry) -> Outside:
    """Give the money back, if it was taken."""

    def call(db: Database, message: Message) -> Refund | PaymentRefunded:
        rows = db.execute(OF_ORDER, [message.order_id])
        if not rows or rows[0]["charge_id"] is None:
            return PaymentRefunded(message.order_id, 0)
        key = f"refund {message.order_id}"
        return retry(lambda: gateway.refund(rows[0]["charge_id"], idempotency_key=key))

    def then(db: Database, message: Message, answer: Refund | PaymentRefunded) -> Iterable[Message]:
        db.execute("INSERT OR IGNORE INTO payments VALUES (?, NULL, TRUE)", [message.order_id])
        db.execute("UPDATE payments SET refunded = TRUE WHERE order_id = ?", [message.order_id])
        return [PaymentRefunded(message.order_id, answer.cents)]

    return Outside(call, then)
