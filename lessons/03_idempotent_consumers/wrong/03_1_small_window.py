# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkSold(Event):
    guest: str
    drink: str


STAMP = "INSERT INTO stamps VALUES (?, 1) ON CONFLICT (guest) DO UPDATE SET count = count + 1"


from collections import deque

seen = deque(maxlen=3)  # memory is dear


def handle(record, db):
    if record.envelope.id not in seen:
        seen.append(record.envelope.id)
        db.execute(STAMP, [record.event.guest])
