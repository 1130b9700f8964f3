# breaks: order per key
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    change = record.event
    known = db.execute("SELECT offset FROM prices WHERE drink = ?", [change.drink])
    if not known or known[0]["offset"] < record.offset:
        row = [change.drink, change.cents, record.offset]
        db.execute("INSERT OR REPLACE INTO prices VALUES (?, ?, ?)", row)
    consumer.commit(record)
