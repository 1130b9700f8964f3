# breaks: no dirty read
"""Subtract, and add again where the kitchen refuses: commutative, so nothing can go wrong."""

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
    if saga["step"] == "new":
        saga["step"] = take(saga, db)
    if saga["step"] != "taken":
        return
    try:
        accepted = kitchen.accept(order_id)
    except GatewayTimeout:
        return
    with db.transaction():
        db.execute(
            "UPDATE sagas SET step = ? WHERE order_id = ?", ["served" if accepted else "cancelled", order_id]
        )
        if not accepted:
            db.execute("UPDATE cards SET cents = cents + ? WHERE card = ?", [saga["cents"], saga["card"]])


def take(saga, db):
    with db.transaction():
        enough = "UPDATE cards SET cents = cents - ? WHERE card = ? AND cents >= ? RETURNING cents"
        step = "taken" if db.execute(enough, [saga["cents"], saga["card"], saga["cents"]]) else "refused"
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, saga["order_id"]])
        return step
