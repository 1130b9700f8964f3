# breaks: termination
"""The mark is put first, the step is noted next: who dies in between finds a mark, and waits for himself."""

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
            db.execute("UPDATE cards SET cents = cents - ? WHERE card = ?", [saga["cents"], saga["card"]])
        db.execute("UPDATE cards SET used_by = NULL WHERE card = ?", [saga["card"]])


def lock(saga, db):
    mark = "UPDATE cards SET used_by = ? WHERE card = ? AND used_by IS NULL RETURNING cents"
    won = db.execute(mark, [saga["order_id"], saga["card"]])
    if not won:
        return "new"
    step = "locked" if won[0]["cents"] >= saga["cents"] else "refused"
    with db.transaction():
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, saga["order_id"]])
        if step == "refused":
            db.execute("UPDATE cards SET used_by = NULL WHERE card = ?", [saga["card"]])
    return step
