# The ids are the truth: the stamps of a guest are counted in it
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
    (row,) = db.execute("SELECT count(*) AS n FROM handled WHERE id LIKE ? || ' %'", [guest])
    db.execute("INSERT OR REPLACE INTO stamps VALUES (?, ?)", [guest, row["n"]])
