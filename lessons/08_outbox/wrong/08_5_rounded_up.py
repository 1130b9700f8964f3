# breaks: no ghost message
"""Two stamps a card, rounded to the wrong side: it is announced when it is begun."""

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
    with db.transaction():
        if db.execute("SELECT * FROM inbox WHERE id = ?", [id]):
            return
        db.execute("INSERT INTO inbox (id) VALUES (?)", [id])
        stamps = db.execute(STAMP, [guest])[0]["stamps"]
        card = (stamps + 1) // 2
        db.execute(
            "INSERT INTO outbox (id, guest, card, gift) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [f"{guest}-{card}", guest, card, db.execute("SELECT gift FROM today")[0]["gift"]],
        )


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        event = CardFilled(row["guest"], row["card"], row["gift"])
        bus.publish("filled", event, key=event.guest, id=row["id"])
        db.execute("UPDATE outbox SET sent = 1 WHERE id = ?", [row["id"]])
