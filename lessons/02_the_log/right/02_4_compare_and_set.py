# The position is moved from the old number to the new one, or nothing is done
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


ADD = "INSERT INTO takings VALUES (?, ?) ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents"


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        for topic, partition in consumer.assignment:
            db.execute("INSERT INTO positions VALUES (?, 0) ON CONFLICT DO NOTHING", [partition])
            (row,) = db.execute("SELECT next_offset AS n FROM positions WHERE partition = ?", [partition])
            consumer.seek((topic, partition), row["n"])
        for record in consumer.poll():
            add(record, db)


def add(record, db):
    move = "UPDATE positions SET next_offset = ? WHERE partition = ? AND next_offset = ? RETURNING partition"
    with db.transaction():
        if db.execute(move, [record.offset + 1, record.partition, record.offset]):
            db.execute(ADD, [record.event.till, record.event.cents])
