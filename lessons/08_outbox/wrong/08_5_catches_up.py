# breaks: consistent output
"""It keeps which stamp it was, and not what was promised for it."""

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
            stamps = db.execute(STAMP, [guest])[0]["stamps"]
            db.execute("INSERT INTO inbox VALUES (?, ?)", [id, str(stamps)])
    stamps = int(db.execute("SELECT note FROM inbox WHERE id = ?", [id])[0]["note"])
    if stamps % 2 == 0:
        gift = db.execute("SELECT gift FROM today")[0]["gift"]
        bus.publish("filled", CardFilled(guest, stamps // 2, gift), key=guest, id=f"{guest}-{stamps}")


def relay(db, bus):
    pass
