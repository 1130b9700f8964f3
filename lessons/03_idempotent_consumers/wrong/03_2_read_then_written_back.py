# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


def handle(record, db):
    guest = record.event.guest
    with db.transaction():
        known = db.execute("SELECT count FROM stamps WHERE guest = ?", [guest])
        count = known[0]["count"] + 1 if known else 1
        db.execute("INSERT OR REPLACE INTO stamps VALUES (?, ?)", [guest, count])
