# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


newest = {}


def handle(record, consumer, db):
    change = record.event
    if record.offset > newest.get(change.drink, -1):
        newest[change.drink] = record.offset
        db.execute("INSERT OR REPLACE INTO prices VALUES (?, ?, NULL)", [change.drink, change.cents])
    consumer.commit(record)
