# A match over what was heard and the step; the id is made of the command and the order

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


def handle(record, db, bus):
    order_id = record.key
    with db.transaction():
        known = db.execute("SELECT step FROM sagas WHERE order_id = ?", [order_id])
        step = known[0]["step"] if known else "not begun"
        match step, record.envelope.type:
            case "not begun", "OrderPlaced":
                db.execute("INSERT INTO sagas VALUES (?, 'asked for cups')", [order_id])
                ask("ReserveCups", order_id, db)
            case "asked for cups", "CupsReserved":
                note("asked for money", order_id, db)
                ask("ChargeGuest", order_id, db)
            case "asked for money", "GuestCharged":
                note("served", order_id, db)
            case "asked for money", "ChargeRefused":
                note("gives back", order_id, db)
                ask("ReleaseCups", order_id, db)
            case "gives back", "CupsReleased":
                note("cancelled", order_id, db)


def note(step, order_id, db):
    db.execute("UPDATE sagas SET step = ? WHERE order_id = ?", [step, order_id])


def ask(command, order_id, db):
    db.execute("INSERT INTO outbox (command, order_id) VALUES (?, ?)", [command, order_id])


def relay(db, bus):
    for row in db.execute("SELECT number, command, order_id FROM outbox WHERE sent = 0"):
        command = globals()[row["command"]](row["order_id"])
        bus.publish("commands", command, key=row["order_id"], id=f"{row['command']} {row['order_id']}")
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
