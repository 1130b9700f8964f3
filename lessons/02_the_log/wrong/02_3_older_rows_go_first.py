# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    db.execute("DELETE FROM prices WHERE drink = ? AND offset < ?", [change.drink, record.offset])
    row = [change.drink, change.cents, record.offset]
    db.execute("INSERT INTO prices VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
    consumer.commit(record)
