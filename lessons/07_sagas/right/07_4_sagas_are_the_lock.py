# No mark on the card: whoever is 'asking' has it, and the others wait

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    with db.transaction():
        (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
        if saga["step"] == "new":
            others = "SELECT 1 FROM sagas WHERE card = ? AND step = 'asking'"
            if db.execute(others, [saga["card"]]):
                return
            (card,) = db.execute("SELECT cents FROM cards WHERE card = ?", [saga["card"]])
            saga["step"] = "asking" if card["cents"] >= saga["cents"] else "refused"
            note(saga, db)
    if saga["step"] != "asking":
        return
    try:
        accepted = kitchen.accept(order_id)
    except GatewayTimeout:
        return
    with db.transaction():
        saga["step"] = "served" if accepted else "cancelled"
        note(saga, db)
        if accepted:
            db.execute("UPDATE cards SET cents = cents - ? WHERE card = ?", [saga["cents"], saga["card"]])


def note(saga, db):
    db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [saga["step"], saga["order_id"]])
