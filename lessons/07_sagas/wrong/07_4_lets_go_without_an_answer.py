# breaks: consistent output
"""No answer: the card is let go, and the order begins anew. But the kitchen may have accepted it."""

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
        with db.transaction():
            db.execute("UPDATE sagas SET step = 'new' WHERE order_id = ?", [order_id])
            db.execute("UPDATE cards SET used_by = NULL WHERE card = ?", [saga["card"]])
        return
    with db.transaction():
        step = "served" if accepted else "cancelled"
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])
        if accepted:
            db.execute("UPDATE cards SET cents = cents - ? WHERE card = ?", [saga["cents"], saga["card"]])
        db.execute("UPDATE cards SET used_by = NULL WHERE card = ?", [saga["card"]])


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
