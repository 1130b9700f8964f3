# Read the row's offset, compare, write, in one transaction
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    drink, cents = record.event.drink, record.event.cents
    with db.transaction():
        known = db.execute("SELECT offset FROM prices WHERE drink = ?", [drink])
        if not known or known[0]["offset"] < record.offset:
            db.execute("INSERT OR REPLACE INTO prices VALUES (?, ?, ?)", [drink, cents, record.offset])
    consumer.commit(record)
