# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


from collections import Counter


def work(bus, db):
    sums = Counter()
    with bus.consumer("paid", group="books") as consumer:
        consumer.seek_to_beginning()
        for record in consumer.poll():
            sums[record.event.till] += record.event.cents
    for till, cents in sums.items():
        db.execute(
            """
            INSERT INTO takings VALUES (?, ?)
            ON CONFLICT (till) DO UPDATE SET cents = excluded.cents WHERE excluded.cents > cents
            """,
            [till, cents],
        )
