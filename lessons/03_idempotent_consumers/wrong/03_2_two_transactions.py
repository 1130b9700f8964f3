# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


def handle(record, db):
    with db.transaction():
        new = db.execute(
            "INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING RETURNING id", [record.envelope.id]
        )
    if new:
        with db.transaction():
            db.execute(STAMP, [record.event.guest])
