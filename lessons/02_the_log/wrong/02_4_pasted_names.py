# breaks: it works where nothing goes wrong
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        for _, partition in consumer.assignment:
            consumer.seek(partition, position(db, partition))
        for record in consumer.poll():
            with db.transaction():
                if position(db, record.partition) == record.offset:
                    till, cents = record.event.till, record.event.cents
                    db.execute(
                        f"INSERT INTO takings VALUES ('{till}', {cents}) "
                        f"ON CONFLICT (till) DO UPDATE SET cents = cents + {cents}"
                    )
                    row = [record.partition, record.offset + 1]
                    db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", row)


def position(db, partition):
    rows = db.execute("SELECT next_offset FROM positions WHERE partition = ?", [partition])
    return rows[0]["next_offset"] if rows else 0
