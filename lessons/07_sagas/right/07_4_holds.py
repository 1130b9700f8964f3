# Money is held, not taken: another order goes on beside it where there is enough for both, and waits where not

from sandbox.errors import GatewayTimeout


def drive(order_id, db, kitchen):
    (saga,) = db.execute("SELECT * FROM sagas WHERE order_id = ?", [order_id])
    if saga["step"] == "new":
        saga["step"] = hold(saga, db)
    if saga["step"] != "held":
        return
    try:
        accepted = kitchen.accept(order_id)
    except GatewayTimeout:
        return
    with db.transaction():
        end = "UPDATE sagas SET step = ? WHERE order_id = ?"
        db.execute(end, ["served" if accepted else "cancelled", order_id])
        if accepted:
            db.execute("UPDATE cards SET cents = cents - ? WHERE card = ?", [saga["cents"], saga["card"]])


def hold(saga, db):
    card = [saga["card"]]
    with db.transaction():
        there = db.execute("SELECT cents FROM cards WHERE card = ?", card)[0]["cents"]
        held = "SELECT coalesce(sum(cents), 0) AS n FROM sagas WHERE card = ? AND step = 'held'"
        free = there - db.execute(held, card)[0]["n"]
        if saga["cents"] <= free:
            step = "held"
        elif saga["cents"] > there:
            step = "refused"
        else:
            return "new"  # it depends on what becomes of the others
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, saga["order_id"]])
        return step
