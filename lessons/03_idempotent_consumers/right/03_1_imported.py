# the inbox, imported
from dataclasses import dataclass

from sandbox import Event
from sandbox.patterns import Inbox


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = """
INSERT INTO stamps VALUES (?, 1)
ON CONFLICT (guest) DO UPDATE SET count = count + 1
"""


def handle(record, db):
    stamp = lambda record: db.execute(STAMP, [record.event.guest])  # noqa: E731
    Inbox(db, "stamps").once(stamp)(record)
