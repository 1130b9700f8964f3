# The refused mark undoes the stamp
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


from sandbox.errors import ConstraintViolated


def handle(record, db):
    try:
        with db.transaction():
            db.execute(STAMP, [record.event.guest])
            db.execute("INSERT INTO handled VALUES (?)", [record.envelope.id])
    except ConstraintViolated:
        pass  # somebody has done it before
