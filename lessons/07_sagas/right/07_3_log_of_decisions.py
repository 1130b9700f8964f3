# Two columns' worth of state: how far it came, and that it has to go back
from sandbox.errors import GatewayTimeout, PaymentDeclined


def begin(order_id, cups, cents, db):
    db.execute("INSERT INTO sagas (order_id, cups, cents) VALUES (?, ?, ?)", [order_id, cups, cents])


def drive(db, stock, payments, kitchen):
    for saga in db.execute("SELECT * FROM sagas WHERE step NOT IN ('served', 'cancelled')"):
        order_id = saga["order_id"]

        def note(step, charge_id=saga["charge_id"], order_id=order_id):
            with db.transaction():
                db.execute(
                    "UPDATE sagas SET step = ?, charge_id = ? WHERE order_id = ?", [step, charge_id, order_id]
                )

        try:
            if saga["step"] == "new":
                forwards(saga, stock, payments, kitchen, note)
            else:
                backwards(saga["charge_id"], order_id, stock, payments, note)
        except GatewayTimeout:
            pass


def forwards(saga, stock, payments, kitchen, note):
    order_id = saga["order_id"]
    if not stock.reserve(order_id, saga["cups"]):
        note("back")
        return backwards(None, order_id, stock, payments, note)
    try:
        account = "guest of " + order_id
        charge = payments.charge(account, saga["cents"], idempotency_key="pay " + order_id)
    except PaymentDeclined:
        note("back")
        return backwards(None, order_id, stock, payments, note)
    if kitchen.accept(order_id, saga["cups"]):
        return note("served", charge.id)
    note("back", charge.id)
    return backwards(charge.id, order_id, stock, payments, note)


def backwards(charge_id, order_id, stock, payments, note):
    if charge_id:
        payments.refund(charge_id, idempotency_key="give back " + order_id)
    stock.release(order_id)
    note("cancelled", charge_id)
