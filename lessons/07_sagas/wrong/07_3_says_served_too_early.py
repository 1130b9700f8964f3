# breaks: consistent output
from sandbox.errors import GatewayTimeout, PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step = 'new'"):
        order_id, cups = saga["order_id"], saga["cups"]
        try:
            if not stock.reserve(order_id, cups):
                step = "cancelled"
            else:
                key = f"charge {order_id}"
                payments.charge(f"guest of {order_id}", saga["cents"], idempotency_key=key)
                step = "served"
        except PaymentDeclined:
            step = "cancelled"
        except GatewayTimeout:
            continue
        if step == "cancelled":
            stock.release(order_id)
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])
        if step == "served":
            kitchen.accept(order_id, cups)
