# A list of what is to be undone, worked off from its end
from sandbox.errors import GatewayTimeout, PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step NOT IN ('served', 'cancelled') ORDER BY order_id"):
        order_id, undo = saga["order_id"], []
        try:
            done = True
            undo.append(lambda order_id=order_id: stock.release(order_id))
            done = done and stock.reserve(order_id, saga["cups"])
            if done:
                charge = pay(saga, payments)
                done = charge is not None
                if done:
                    undo.append(
                        lambda charge=charge, order_id=order_id: payments.refund(
                            charge.id, idempotency_key=f"refund {order_id}"
                        )
                    )
            done = done and kitchen.accept(order_id, saga["cups"])
            while not done and undo:
                undo.pop()()
        except GatewayTimeout:
            continue
        word = "served" if done else "cancelled"
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [word, order_id])


def pay(saga, payments):
    key = f"charge {saga['order_id']}"
    try:
        return payments.charge(f"guest of {saga['order_id']}", saga["cents"], idempotency_key=key)
    except PaymentDeclined:
        return None
