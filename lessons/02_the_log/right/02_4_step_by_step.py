# One record, one transaction, then the next
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


ADD = "INSERT INTO takings VALUES (?, ?) ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents"


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        for _, partition in sorted(consumer.assignment):
            consumer.seek(partition, position(db, partition))
        while records := consumer.poll(max_records=1):
            (record,) = records
            with db.transaction():
                if position(db, record.partition) == record.offset:
                    db.execute(ADD, [record.event.till, record.event.cents])
                    row = [record.partition, record.offset + 1]
                    db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", row)


def position(db, partition):
    rows = db.execute("SELECT next_offset FROM positions WHERE partition = ?", [partition])
    return rows[0]["next_offset"] if rows else 0
