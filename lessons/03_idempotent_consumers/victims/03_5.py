from dataclasses import dataclass
from sandbox import Event

@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str

STAMP = """
INSERT INTO stamps VALUES (?, 1, ?) ON CONFLICT (guest) DO UPDATE
SET count = count + 1, last = excluded.last WHERE last <> excluded.last
"""
seen = set()  # the ids that this process has had

def handle(record, db):
    id = record.envelope.id
    if id not in seen:
        db.execute(STAMP, [record.event.guest, id])
        seen.add(id)
