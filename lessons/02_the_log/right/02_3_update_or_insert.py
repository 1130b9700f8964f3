# An update that asks for the offset, and a first row where there was none
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class PriceChanged(Event):
    drink: str
    cents: int


def handle(record, consumer, db):
    drink, cents, offset = record.event.drink, record.event.cents, record.offset
    with db.transaction():
        db.execute("INSERT INTO prices VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [drink, cents, offset])
        newer = "UPDATE prices SET cents = ?, offset = ? WHERE drink = ? AND offset < ?"
        db.execute(newer, [cents, offset, drink, offset])
    consumer.commit(record)
