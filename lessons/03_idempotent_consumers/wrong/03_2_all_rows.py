# breaks: no duplicate effect
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
MARK = "INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING RETURNING id"


def handle(record, db):
    with db.transaction():
        new = db.execute(MARK, [record.envelope.id])
        if new and not db.execute("UPDATE stamps SET count = count + 1 RETURNING count"):
            db.execute(STAMP, [record.event.guest])
