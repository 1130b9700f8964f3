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
        "INSERT INTO prices VALUES (?, ?, ?) ON CONFLICT (drink) DO UPDATE "
        "SET cents = excluded.cents WHERE excluded.offset > offset",
        [change.drink, change.cents, record.offset],
    )
    consumer.commit(record)
