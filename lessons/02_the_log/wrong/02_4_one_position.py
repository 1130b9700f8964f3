# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


ADD = "INSERT INTO takings VALUES (?, ?) ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents"


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        consumer.seek(0, next_offset(db))
        for record in consumer.poll():
            with db.transaction():
                if next_offset(db) == record.offset:
                    db.execute(ADD, [record.event.till, record.event.cents])
                    db.execute("INSERT OR REPLACE INTO positions VALUES (0, ?)", [record.offset + 1])


def next_offset(db):
    rows = db.execute("SELECT next_offset FROM positions")
    return rows[0]["next_offset"] if rows else 0
