# breaks: conservation
"""There is one gift card: so which one to change need not be said."""

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
    with db.transaction():
        step = "served" if accepted else "cancelled"
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])
        if accepted:
            db.execute("UPDATE cards SET cents = cents - ?", [saga["cents"]])
        db.execute("UPDATE cards SET used_by = NULL")


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
