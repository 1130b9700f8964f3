# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


def handle(record, db):
    mark = "INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING RETURNING id"
    if db.execute(mark, [str(record.envelope.time)]):
        db.execute(STAMP, [record.event.guest])
