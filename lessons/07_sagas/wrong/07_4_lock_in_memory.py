# breaks: no dirty read
"""The card is marked in a dict: each process has one of its own."""

from sandbox.errors import GatewayTimeout

used = {}


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
            db.execute("UPDATE cards SET cents = cents - ? WHERE card = ?", [saga["cents"], saga["card"]])
        used.clear()


def lock(saga, db):
    with db.transaction():
        (card,) = db.execute("SELECT * FROM cards WHERE card = ?", [saga["card"]])
        if used.get("gift"):
            return "new"
        step = "locked" if card["cents"] >= saga["cents"] else "refused"
        if step == "locked":
            used["gift"] = saga["order_id"]
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, saga["order_id"]])
        return step
