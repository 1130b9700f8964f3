# The mark itself refuses a second time; handle and relay share one way to publish
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import ConstraintViolated


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
    try:
        with db.transaction():
            db.execute("INSERT INTO inbox (id) VALUES (?)", [record.envelope.id])
            _stamp(record.event.guest, db)
    except ConstraintViolated:
        pass  # it has its stamp
    relay(db, bus)


def _stamp(guest, db):
    stamps = db.execute(STAMP, [guest])[0]["stamps"]
    card, odd = divmod(stamps, 2)
    if not odd:
        db.execute(
            "INSERT INTO outbox (id, guest, card, gift) VALUES (?, ?, ?, ?)",
            [f"{guest}-{card}", guest, card, db.execute("SELECT gift FROM today")[0]["gift"]],
        )


def relay(db, bus):
    while rows := db.execute("SELECT * FROM outbox ORDER BY number LIMIT 1"):
        (row,) = rows
        bus.publish(
            "filled", CardFilled(row["guest"], row["card"], row["gift"]), key=row["guest"], id=row["id"]
        )
        db.execute("DELETE FROM outbox WHERE id = ?", [row["id"]])
