# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    drink, cents, offset = record.event.drink, record.event.cents, record.offset
    first = "INSERT INTO prices VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING drink"
    if not db.execute(first, [drink, cents, offset]):
        newer = "UPDATE prices SET cents = ?, offset = ? WHERE drink = ? AND cents = ? RETURNING drink"
        while True:
            (row,) = db.execute("SELECT * FROM prices WHERE drink = ?", [drink])
            if row["offset"] >= offset or db.execute(newer, [cents, offset, drink, row["cents"]]):
                break
    consumer.commit(record)
