# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


last = None


def handle(record, db):
    global last
    if record.envelope.id != last:
        db.execute(STAMP, [record.event.guest])
    last = record.envelope.id
