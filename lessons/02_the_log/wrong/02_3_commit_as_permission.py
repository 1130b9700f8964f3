# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    consumer.commit(record)  # a zombie is refused here, and writes nothing
    db.execute("INSERT OR REPLACE INTO prices VALUES (?, ?, NULL)", [change.drink, change.cents])
