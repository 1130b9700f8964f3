# Reads from the beginning each time, and passes by what stands in the books
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


ADD = "INSERT INTO takings VALUES (?, ?) ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents"


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        consumer.seek_to_beginning()
        for record in consumer.poll():
            with db.transaction():
                rows = db.execute("SELECT * FROM positions WHERE partition = ?", [record.partition])
                if not rows or rows[0]["next_offset"] <= record.offset:
                    db.execute(ADD, [record.event.till, record.event.cents])
                    row = [record.partition, record.offset + 1]
                    db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", row)
