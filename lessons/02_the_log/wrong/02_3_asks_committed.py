# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    done = consumer.committed().get((record.topic, record.partition), 0)
    if done <= record.offset:
        db.execute("INSERT OR REPLACE INTO prices VALUES (?, ?, NULL)", [change.drink, change.cents])
        consumer.commit(record)
