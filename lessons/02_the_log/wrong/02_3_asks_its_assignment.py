# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    if (record.topic, record.partition) not in consumer.assignment:
        return  # no longer ours
    db.execute("INSERT OR REPLACE INTO prices VALUES (?, ?, NULL)", [change.drink, change.cents])
    consumer.commit(record)
