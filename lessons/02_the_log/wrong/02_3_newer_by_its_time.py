# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    ms = int(record.envelope.time.timestamp() * 1000)
    db.execute(
        """
        INSERT INTO prices VALUES (?, ?, ?)
        ON CONFLICT (drink) DO UPDATE SET cents = excluded.cents, offset = excluded.offset
        WHERE excluded.offset > offset
        """,
        [change.drink, change.cents, ms],
    )
    consumer.commit(record)
