# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


def handle(record, db):
    if db.execute("SELECT 1 FROM handled WHERE id = ?", [record.envelope.id]):
        return
    with db.transaction():
        db.execute("INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING", [record.envelope.id])
        db.execute(STAMP, [record.event.guest])
