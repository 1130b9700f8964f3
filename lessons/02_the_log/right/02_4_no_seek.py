# No seek: the group's place brings it near, its own place decides
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


ADD = "INSERT INTO takings VALUES (?, ?) ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents"


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        for record in consumer.poll():
            with db.transaction():
                rows = db.execute(
                    "SELECT next_offset AS n FROM positions WHERE partition = ?", [record.partition]
                )
                if (rows[0]["n"] if rows else 0) == record.offset:
                    db.execute(ADD, [record.event.till, record.event.cents])
                    db.execute(
                        "INSERT OR REPLACE INTO positions VALUES (?, ?)",
                        [record.partition, record.offset + 1],
                    )
            consumer.commit(record)
