# breaks: no duplicate effect
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
            consumer.seek(partition, position(db, partition))
        if records := consumer.poll():
            with db.transaction():
                first = records[0]
                if position(db, first.partition) == first.offset:
                    for record in records:
                        add(record, db)


def add(record, db):
    db.execute(ADD, [record.event.till, record.event.cents])
    db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", [record.partition, record.offset + 1])


def position(db, partition):
    rows = db.execute("SELECT next_offset FROM positions WHERE partition = ?", [partition])
    return rows[0]["next_offset"] if rows else 0
