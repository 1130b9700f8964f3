# One function for each event, and the kitchen asks whether it is the first time

from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import PaymentDeclined


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cups: int
    cents: int


@dataclass(frozen=True)
class CupsReserved(Event):
    order_id: str
    cents: int


@dataclass(frozen=True)
class PaymentCaptured(Event):
    order_id: str


@dataclass(frozen=True)
class PaymentFailed(Event):
    order_id: str


def inventory(record, db, bus):
    {"OrderPlaced": placed, "PaymentFailed": failed}[record.envelope.type](record.event, db)
    say(db, bus)


def placed(order, db):
    with db.transaction():
        if known(order.order_id, db):
            return
        state = "to say" if fits(order.cups, db) else "waiting"
        db.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", [order.order_id, order.cups, order.cents, state])


def failed(event, db):
    with db.transaction():
        (order,) = known(event.order_id, db)
        if order["state"] == "closed":
            return
        db.execute("UPDATE orders SET state = 'closed' WHERE order_id = ?", [event.order_id])
        db.execute("UPDATE shelf SET free = free + ?", [order["cups"]])
        for next_one in db.execute("SELECT * FROM orders WHERE state = 'waiting' ORDER BY rowid"):
            if fits(next_one["cups"], db):
                db.execute("UPDATE orders SET state = 'to say' WHERE order_id = ?", [next_one["order_id"]])


def known(order_id, db):
    return db.execute("SELECT * FROM orders WHERE order_id = ?", [order_id])


def fits(cups, db):
    return db.execute("UPDATE shelf SET free = free - ? WHERE free >= ? RETURNING free", [cups, cups])


def say(db, bus):
    for order in db.execute("SELECT * FROM orders WHERE state = 'to say'"):
        bus.publish("cups", CupsReserved(order["order_id"], order["cents"]), key=order["order_id"])
        db.execute("UPDATE orders SET state = 'said' WHERE order_id = ?", [order["order_id"]])


def payments(record, provider, bus):
    order = record.event
    bus.publish("payments", outcome(order, provider)(order.order_id), key=order.order_id)


def outcome(order, provider):
    try:
        provider.charge("guest of " + order.order_id, order.cents, idempotency_key="pay " + order.order_id)
    except PaymentDeclined:
        return PaymentFailed
    return PaymentCaptured


def kitchen(record, db):
    order_id = record.event.order_id
    (count,) = db.execute("SELECT count(*) AS n FROM made WHERE order_id = ?", [order_id])
    if count["n"] == 0:
        db.execute("INSERT INTO made VALUES (?)", [order_id])
