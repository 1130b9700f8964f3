# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    db.execute(
        "INSERT INTO prices VALUES (?, ?, NULL) ON CONFLICT (drink) DO UPDATE SET cents = max(cents, excluded.cents)",
        [change.drink, change.cents],
    )
    consumer.commit(record)
