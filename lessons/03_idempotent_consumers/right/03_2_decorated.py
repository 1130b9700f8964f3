# A decorator that any handler can have
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


from functools import wraps


def once(handle):
    @wraps(handle)
    def handle_once(record, db):
        mark = "INSERT INTO handled VALUES (?) ON CONFLICT DO NOTHING RETURNING id"
        with db.transaction():
            if db.execute(mark, [record.envelope.id]):
                handle(record, db)

    return handle_once


@once
def handle(record, db):
    db.execute(STAMP, [record.event.guest])
