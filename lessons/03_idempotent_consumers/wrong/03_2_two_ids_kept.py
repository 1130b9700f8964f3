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
        if db.execute(MARK, [record.envelope.id]):
            db.execute(STAMP, [record.event.guest])
        # old ones are of no use any more
        db.execute("DELETE FROM handled WHERE rowid <= (SELECT max(rowid) FROM handled) - 2")
