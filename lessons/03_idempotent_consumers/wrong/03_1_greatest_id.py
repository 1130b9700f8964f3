# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = """
INSERT INTO stamps VALUES (?, 1)
ON CONFLICT (guest) DO UPDATE SET count = count + 1
"""

last = {}  # by guest


def handle(record, db):
    if record.envelope.id > last.get(record.event.guest, ""):
        last[record.event.guest] = record.envelope.id
        db.execute(STAMP, [record.event.guest])
