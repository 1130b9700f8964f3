# breaks: conservation
"""It writes what it has read, minus the price."""

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
    if saga["step"] != "new":
        return
    (card,) = db.execute("SELECT * FROM cards WHERE card = ?", [saga["card"]])
    step, left = "refused", card["cents"]
    if card["cents"] >= saga["cents"]:
        try:
            step = "served" if kitchen.accept(order_id) else "cancelled"
        except GatewayTimeout:
            return
    if step == "served":
        left = card["cents"] - saga["cents"]
    with db.transaction():
        db.execute("UPDATE cards SET cents = ? WHERE card = ?", [left, saga["card"]])
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])
