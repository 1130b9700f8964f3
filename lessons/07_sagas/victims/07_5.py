from contextlib import suppress
from sandbox.errors import GatewayTimeout

def drive(db, stock, payments):
    done = "UPDATE sagas SET step = ? WHERE order_id = ?"
    for saga in db.execute("SELECT * FROM sagas WHERE step = 'new'"):
        with suppress(GatewayTimeout):  # no answer: the next run asks again
            step = outcome(saga, stock, payments)
            db.execute(done, [step, saga["order_id"]])

def outcome(saga, stock, payments):
    order_id, reserved = saga["order_id"], False
    for _ in range(2):
        with suppress(GatewayTimeout):
            reserved = reserved or stock.reserve(order_id, saga["cups"])
    if not reserved:
        stock.release(order_id)  # it may have been done all the same
        return "cancelled"
    payments.charge(order_id, saga["cents"], idempotency_key=order_id)
    return "served"
