# breaks: no needless compensation
from sandbox.errors import GatewayTimeout, PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step NOT IN ('served', 'cancelled')"):
        order_id, cups = saga["order_id"], saga["cups"]
        word = "cancelled"
        if stock.reserve(order_id, cups):
            try:
                key = f"charge {order_id}"
                charge = payments.charge(f"guest of {order_id}", saga["cents"], idempotency_key=key)
                if kitchen.accept(order_id, cups):
                    word = "served"
                else:
                    payments.refund(charge.id, idempotency_key=f"refund {order_id}")
            except (PaymentDeclined, GatewayTimeout):
                pass
        if word == "cancelled":
            stock.release(order_id)
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [word, order_id])
