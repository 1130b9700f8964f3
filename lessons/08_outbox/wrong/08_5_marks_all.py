# breaks: no lost message
"""It marks all that is there, and with it what came while it was at work."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class CardFilled(Event):
    guest: str
    card: int
    gift: str


STAMP = """
INSERT INTO cards VALUES (?, 1)
ON CONFLICT (guest) DO UPDATE SET stamps = stamps + 1
RETURNING stamps
"""


def handle(record, db, bus):
    guest, id = record.event.guest, record.envelope.id
    note = "INSERT INTO outbox (id, guest, card, gift) VALUES (?, ?, ?, ?)"
    with db.transaction():
        if db.execute("SELECT 1 FROM inbox WHERE id = ?", [id]):
            return
        db.execute("INSERT INTO inbox (id) VALUES (?)", [id])
        stamps = db.execute(STAMP, [guest])[0]["stamps"]
        if stamps % 2 == 0:
            gift = db.execute("SELECT gift FROM today")[0]["gift"]
            card = stamps // 2
            db.execute(note, [f"{guest}-{card}", guest, card, gift])


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        bus.publish(
            "filled", CardFilled(row["guest"], row["card"], row["gift"]), key=row["guest"], id=row["id"]
        )
    db.execute("UPDATE outbox SET sent = 1")
