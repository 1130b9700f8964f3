# breaks: no duplicate effect
"""Repetitions are known by the event's id: but an answer that is given again has a new one."""

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
    "OrderPlaced": ("reserving", "ReserveCups"),
    "CupsReserved": ("charging", "ChargeGuest"),
    "GuestCharged": ("served", None),
    "ChargeRefused": ("releasing", "ReleaseCups"),
    "CupsReleased": ("cancelled", None),
}


def handle(record, db, bus):
    order_id, id = record.key, f"seen {record.envelope.id}"
    step, command = NEXT[record.envelope.type]
    with db.transaction():
        if db.execute("SELECT 1 FROM outbox WHERE command = ?", [id]):
            return
        db.execute("INSERT INTO outbox (command, order_id, sent) VALUES (?, ?, 1)", [id, order_id])
        db.execute("INSERT OR REPLACE INTO sagas VALUES (?, ?)", [order_id, step])
        if command:
            db.execute("INSERT INTO outbox (command, order_id) VALUES (?, ?)", [command, order_id])


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        command = {"ReserveCups": ReserveCups, "ChargeGuest": ChargeGuest, "ReleaseCups": ReleaseCups}
        bus.publish("commands", command[row["command"]](row["order_id"]), id=f"command-{row['number']}")
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
