# No relay: what was put down for this drink is published at each try
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
    id, guest = record.envelope.id, record.event.guest
    with db.transaction():
        if not db.execute("SELECT * FROM inbox WHERE id = ?", [id]):
            db.execute("INSERT INTO inbox (id) VALUES (?)", [id])
            (card,) = db.execute(STAMP, [guest])
            if card["stamps"] % 2 == 0:
                db.execute(
                    "INSERT INTO outbox (id, guest, card, gift) SELECT ?, ?, ?, gift FROM today",
                    [id, guest, card["stamps"] // 2],
                )
    for row in db.execute("SELECT * FROM outbox WHERE id = ?", [id]):
        bus.publish("filled", CardFilled(row["guest"], row["card"], row["gift"]), key=guest, id=f"full-{id}")


def relay(db, bus):
    pass
