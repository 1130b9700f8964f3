# breaks: no lock across a call
"""All of it in one transaction: nobody can come between."""

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    with db.transaction():
        (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
        if saga["step"] != "new":
            return
        (card,) = db.execute("SELECT * FROM cards WHERE card = ?", [saga["card"]])
        step = "refused"
        if card["cents"] >= saga["cents"]:
            try:
                step = "served" if kitchen.accept(order_id) else "cancelled"
            except GatewayTimeout:
                return
        if step == "served":
            db.execute("UPDATE cards SET cents = cents - ? WHERE card = ?", [saga["cents"], saga["card"]])
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])
