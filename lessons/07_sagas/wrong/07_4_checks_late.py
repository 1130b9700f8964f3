# breaks: consistent output
"""The kitchen is asked first, the money is looked for afterwards."""

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
    if saga["step"] != "new":
        return
    try:
        accepted = kitchen.accept(order_id)
    except GatewayTimeout:
        return
    with db.transaction():
        step = "cancelled"
        if accepted:
            enough = "UPDATE cards SET cents = cents - ? WHERE card = ? AND cents >= ? RETURNING cents"
            step = "served" if db.execute(enough, [saga["cents"], saga["card"], saga["cents"]]) else "refused"
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])
