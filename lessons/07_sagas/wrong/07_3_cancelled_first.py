# breaks: conservation
from sandbox.errors import GatewayTimeout, PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step NOT IN ('served', 'cancelled')"):
        try:
            take_on(saga, db, stock, payments, kitchen)
        except GatewayTimeout:
            continue


def take_on(saga, db, stock, payments, kitchen):
    order_id = saga["order_id"]

    def note(step):
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])

    if not stock.reserve(order_id, saga["cups"]):
        return note("cancelled")
    try:
        key = f"charge {order_id}"
        charge = payments.charge(f"guest of {order_id}", saga["cents"], idempotency_key=key)
    except PaymentDeclined:
        note("cancelled")
        return stock.release(order_id)
    if kitchen.accept(order_id, saga["cups"]):
        return note("served")
    note("cancelled")
    payments.refund(charge.id, idempotency_key=f"refund {order_id}")
    stock.release(order_id)
