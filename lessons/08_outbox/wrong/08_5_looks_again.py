# breaks: no lost message
"""At each try it looks whether the card is full, and at the gift of the day."""

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
        if not db.execute("SELECT * FROM inbox WHERE id = ?", [id]):
            db.execute("INSERT INTO inbox (id) VALUES (?)", [id])
            db.execute(STAMP, [guest])
    stamps = db.execute("SELECT stamps FROM cards WHERE guest = ?", [guest])[0]["stamps"]
    gift = db.execute("SELECT gift FROM today")[0]["gift"]
    if stamps % 2 == 0:
        card = stamps // 2
        bus.publish("filled", CardFilled(guest, card, gift), key=guest, id=f"{guest}-{card}")


def relay(db, bus):
    pass
