# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class DrinkPaid(Event):
    till: str
    cents: int


from itertools import groupby
from operator import attrgetter

ADD = "INSERT INTO takings VALUES (?, ?) ON CONFLICT (till) DO UPDATE SET cents = cents + excluded.cents"


def work(bus, db):
    with bus.consumer("paid", group="books") as consumer:
        for _, partition in consumer.assignment:
            consumer.seek(partition, position(db, partition))
        of = attrgetter("partition")
        for partition, group in groupby(sorted(consumer.poll(), key=of), of):
            with db.transaction():
                new = [record for record in group if record.offset >= position(db, partition)]
                if new:
                    db.execute(ADD, [new[0].event.till, sum(record.event.cents for record in new)])
                    row = [partition, new[-1].offset + 1]
                    db.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", row)


def position(db, partition):
    rows = db.execute("SELECT next_offset FROM positions WHERE partition = ?", [partition])
    return rows[0]["next_offset"] if rows else 0
