# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    with db.transaction():  # a refused commit undoes the write
        db.execute("INSERT OR REPLACE INTO prices VALUES (?, ?, NULL)", [change.drink, change.cents])
        consumer.commit(record)
