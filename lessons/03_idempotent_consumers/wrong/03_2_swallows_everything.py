# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


def handle(record, db):
    try:
        db.execute("INSERT INTO handled VALUES (?)", [record.envelope.id])
        db.execute(STAMP, [record.event.guest])
    except BaseException:
        pass
