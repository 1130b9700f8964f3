from dataclasses import dataclass

from sandbox import Event

@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str

STAMP = """
INSERT INTO stamps VALUES (?, 1, ?) ON CONFLICT (guest) DO UPDATE
SET count = count + 1, last = excluded.last
"""
FIND = "SELECT 1 FROM stamps WHERE guest = ? AND last = ?"
seen = set()  # each id that this process has had

def handle(record, db):
    id, guest = record.envelope.id, record.event.guest
    if id in seen:  # a copy, at once or late
        return
    with db.transaction():
        if not db.execute(FIND, [guest, id]):  # done before a crash?
            db.execute(STAMP, [guest, id])
    seen.add(id)
