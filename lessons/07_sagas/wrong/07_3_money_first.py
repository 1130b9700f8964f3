# breaks: conservation
"""First the money, it can be given back: but the guest has paid for cups that were never there."""

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
    try:
        charge = payments.charge(f"guest of {order_id}", saga["cents"], idempotency_key=order_id)
    except PaymentDeclined:
        return "cancelled"
    if stock.reserve(order_id, cups) and kitchen.accept(order_id, cups):
        return "served"
    payments.refund(charge.id, idempotency_key=f"{order_id}-back")
    stock.release(order_id)
    return "cancelled"
