# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    with db.transaction():
        (row,) = db.execute("SELECT max(offset) AS newest FROM prices")
        if row["newest"] is None or row["newest"] < record.offset:
            db.execute(
                "INSERT OR REPLACE INTO prices VALUES (?, ?, ?)", [change.drink, change.cents, record.offset]
            )
    consumer.commit(record)
