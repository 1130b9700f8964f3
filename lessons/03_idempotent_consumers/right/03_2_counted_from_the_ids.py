# The mark is the only write that matters; the count follows from it
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


def handle(record, db):
    guest = record.event.guest
    db.execute("INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING", [f"{guest} {record.envelope.id}"])
    db.execute(
        "INSERT OR REPLACE INTO stamps SELECT ?, count(*) FROM handled WHERE id LIKE ? || ' %'",
        [guest, guest],
    )
