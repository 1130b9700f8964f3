# breaks: no needless compensation
from sandbox.errors import GatewayTimeout, PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step = 'new'"):
        order_id, cups = saga["order_id"], saga["cups"]
        try:
            word = pay_and_cook(saga, payments, kitchen) if stock.reserve(order_id, cups) else "cancelled"
        except GatewayTimeout:
            word = "cancelled"
        if word == "cancelled":
            stock.release(order_id)
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [word, order_id])


def pay_and_cook(saga, payments, kitchen):
    order_id = saga["order_id"]
    for _ in range(3):
        try:
            charge = payments.charge(f"guest of {order_id}", saga["cents"], idempotency_key=order_id)
        except PaymentDeclined:
            return "cancelled"
        except GatewayTimeout:
            continue
        while True:
            try:
                if kitchen.accept(order_id, saga["cups"]):
                    return "served"
                payments.refund(charge.id, idempotency_key=f"{order_id}-back")
                return "cancelled"
            except GatewayTimeout:
                continue
    return "cancelled"
