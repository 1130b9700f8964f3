# breaks: termination
"""To refund is always the same intent: so its key is always the same."""

from sandbox.errors import GatewayTimeout, PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step = 'new'"):
        try:
            step = outcome(saga, stock, payments, kitchen)
        except GatewayTimeout:
            continue
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, saga["order_id"]])


def outcome(saga, stock, payments, kitchen):
    order_id, cups = saga["order_id"], saga["cups"]
    if not stock.reserve(order_id, cups):
        stock.release(order_id)
        return "cancelled"
    try:
        charge = payments.charge(f"guest of {order_id}", saga["cents"], idempotency_key=order_id)
    except PaymentDeclined:
        stock.release(order_id)
        return "cancelled"
    if kitchen.accept(order_id, cups):
        return "served"
    payments.refund(charge.id, idempotency_key="refund")
    stock.release(order_id)
    return "cancelled"
