# breaks: conservation
"""The money is taken in one statement, and the step is noted in the next."""

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
    if saga["step"] == "new":
        saga["step"] = lock(saga, db)
    if saga["step"] != "locked":
        return
    try:
        accepted = kitchen.accept(order_id)
    except GatewayTimeout:
        return
    price = saga["cents"] if accepted else 0
    db.execute("UPDATE cards SET cents = cents - ?, used_by = NULL WHERE card = ?", [price, saga["card"]])
    step = "served" if accepted else "cancelled"
    db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])


def lock(saga, db):
    with db.transaction():
        (card,) = db.execute("SELECT * FROM cards WHERE card = ?", [saga["card"]])
        if card["used_by"]:
            return "new"
        step = "locked" if card["cents"] >= saga["cents"] else "refused"
        if step == "locked":
            db.execute("UPDATE cards SET used_by = ? WHERE card = ?", [saga["order_id"], saga["card"]])
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, saga["order_id"]])
        return step
