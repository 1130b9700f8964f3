# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


ADD = "INSERT INTO takings VALUES (?, ?) ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents"


position = {}


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        for _, partition in consumer.assignment:
            consumer.seek(partition, position.get(partition, 0))
        for record in consumer.poll():
            db.execute(ADD, [record.event.till, record.event.cents])
            position[record.partition] = record.offset + 1
