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
        for _, partition in consumer.assignment:
            rows = db.execute("SELECT next_offset AS n FROM positions WHERE partition = ?", [partition])
            consumer.seek(partition, rows[0]["n"] if rows else 0)
        for record in consumer.poll():
            row = [record.partition, record.offset + 1]

            db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", row)
            db.execute(ADD, [record.event.till, record.event.cents])
