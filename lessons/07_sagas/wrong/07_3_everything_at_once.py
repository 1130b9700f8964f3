# breaks: conservation
from sandbox.errors import PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step = 'new'"):
        order_id, cups = saga["order_id"], saga["cups"]
        with db.transaction():  # if anything goes wrong, all of it is rolled back
            db.execute("UPDATE sagas SET step = 'served' WHERE order_id = ?", [order_id])
            try:
                ok = stock.reserve(order_id, cups)
                key = f"charge {order_id}"
                ok = ok and payments.charge(f"guest of {order_id}", saga["cents"], idempotency_key=key)
                ok = ok and kitchen.accept(order_id, cups)
            except PaymentDeclined:
                ok = False
            if not ok:
                db.execute("UPDATE sagas SET step = 'cancelled' WHERE order_id = ?", [order_id])
