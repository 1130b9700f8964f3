# The relay looks at the sagas: each step has a command, and a row says that it was sent

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


STEPS = ["new", "reserved", "refused"]
COMMANDS = {"new": ReserveCups, "reserved": ChargeGuest, "refused": ReleaseCups}


def handle(record, db, bus):
    heard, order_id = record.envelope.type, record.key
    if heard == "OrderPlaced":
        db.execute("INSERT INTO sagas VALUES (?, 'new') ON CONFLICT DO NOTHING", [order_id])
    if heard == "CupsReserved":
        move(order_id, "new", "reserved", db)
    if heard == "GuestCharged":
        move(order_id, "reserved", "served", db)
    if heard == "ChargeRefused":
        move(order_id, "reserved", "refused", db)
    if heard == "CupsReleased":
        move(order_id, "refused", "cancelled", db)


def move(order_id, here, there, db):
    db.execute("UPDATE sagas SET step = ? WHERE order_id = ? AND step = ?", [there, order_id, here])


def relay(db, bus):
    for saga in db.execute("SELECT * FROM sagas WHERE step NOT IN ('served', 'cancelled')"):
        order_id, step = saga["order_id"], saga["step"]
        name = COMMANDS[step].__name__
        if db.execute("SELECT 1 FROM outbox WHERE order_id = ? AND command = ?", [order_id, name]):
            continue
        bus.publish("commands", COMMANDS[step](order_id), id=f"{order_id}/{step}")
        db.execute("INSERT INTO outbox (command, order_id, sent) VALUES (?, ?, 1)", [name, order_id])
