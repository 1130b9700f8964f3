# First come, first served: an order waits until all before it have ended

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
    if saga["step"] != "new":
        return
    if db.execute(
        "SELECT 1 FROM sagas WHERE step = 'new' AND order_id < ? AND card = ?", [order_id, saga["card"]]
    ):
        return
    (card,) = db.execute("SELECT * FROM cards WHERE card = ?", [saga["card"]])
    if card["cents"] < saga["cents"]:
        db.execute("UPDATE sagas SET step = 'refused' WHERE order_id = ?", [order_id])
        return
    try:
        ok = kitchen.accept(order_id)
    except GatewayTimeout:
        return
    with db.transaction():
        db.execute(
            "UPDATE sagas SET step = ? WHERE order_id = ?", ["served" if ok else "cancelled", order_id]
        )
        if ok:
            db.execute("UPDATE cards SET cents = cents - ? WHERE card = ?", [saga["cents"], saga["card"]])
