# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


made = set()


def work(bus, machine):
    with bus.consumer("orders", group="bar") as consumer:
        for record in consumer.poll():
            if record.event.order_id not in made:
                machine.make(record.event.order_id)
                made.add(record.event.order_id)
