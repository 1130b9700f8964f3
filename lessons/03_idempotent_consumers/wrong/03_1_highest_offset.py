# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


highest = {}


def handle(record, db):
    if record.offset > highest.get(record.partition, -1):
        highest[record.partition] = record.offset
        db.execute(STAMP, [record.event.guest])
