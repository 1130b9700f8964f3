# breaks: no needless compensation
"""Each order has to end, and this is the shortest way: it is cancelled before anybody was asked for money."""

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


ON = {
    ("", "OrderPlaced"): ("cancelled", "ReleaseCups"),
}


def handle(record, db, bus):
    heard, order_id = record.envelope.type, record.key
    with db.transaction():
        rows = db.execute("SELECT step FROM sagas WHERE order_id = ?", [order_id])
        move = ON.get((rows[0]["step"] if rows else "", heard))
        if move is None:
            return
        db.execute("INSERT OR REPLACE INTO sagas VALUES (?, ?)", [order_id, move[0]])
        if move[1]:
            db.execute("INSERT INTO outbox (command, order_id) VALUES (?, ?)", [move[1], order_id])


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        command = {"ReserveCups": ReserveCups, "ChargeGuest": ChargeGuest, "ReleaseCups": ReleaseCups}
        bus.publish("commands", command[row["command"]](row["order_id"]), id=f"command-{row['number']}")
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
