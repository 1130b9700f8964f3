# No outbox: each record asks for what the step needs, under an id that is always the same

from dataclasses import dataclass

from sandbox import Command


@dataclass(frozen=True)
class ReserveCups(Command):
    order_id: str


@dataclass(frozen=True)
class ChargeGuest(Command):
    order_id: str


@dataclass(frozen=True)
class ReleaseCups(Command):
    order_id: str


NEXT = {
    "CupsReserved": ("reserving", "charging"),
    "GuestCharged": ("charging", "served"),
    "ChargeRefused": ("charging", "releasing"),
    "CupsReleased": ("releasing", "cancelled"),
}
ASKS = {"reserving": ReserveCups, "charging": ChargeGuest, "releasing": ReleaseCups}


def handle(record, db, bus):
    heard, order_id = record.envelope.type, record.key
    if heard == "OrderPlaced":
        db.execute("INSERT OR IGNORE INTO sagas VALUES (?, 'reserving')", [order_id])
    else:
        before, after = NEXT[heard]
        db.execute("UPDATE sagas SET step = ? WHERE order_id = ? AND step = ?", [after, order_id, before])
    (saga,) = db.execute("SELECT step FROM sagas WHERE order_id = ?", [order_id])
    if heard == "OrderPlaced" and saga["step"] != "reserving":
        return
    if saga["step"] in ASKS:
        bus.publish("commands", ASKS[saga["step"]](order_id), id=f"{saga['step']} {order_id}")


def relay(db, bus):
    pass
