# The mark is put on the card by one statement, which only one of them can win

from sandbox.errors import GatewayTimeout

MARK = "UPDATE cards SET used_by = ? WHERE card = ? AND used_by IS NULL"


def drive(order_id, db, kitchen):
    (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
    if saga["step"] in ("served", "cancelled", "refused"):
        return
    db.execute(MARK, [order_id, saga["card"]])
    (card,) = db.execute("SELECT * FROM cards WHERE card = ?", [saga["card"]])
    if card["used_by"] != order_id:
        return
    if card["cents"] < saga["cents"]:
        return finish(saga, "refused", 0, db)
    try:
        if kitchen.accept(order_id):
            finish(saga, "served", saga["cents"], db)
        else:
            finish(saga, "cancelled", 0, db)
    except GatewayTimeout:
        pass


def finish(saga, step, price, db):
    with db.transaction():
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, saga["order_id"]])
        db.execute("UPDATE cards SET cents = cents - ?, used_by = NULL WHERE card = ?", [price, saga["card"]])
