# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


def work(bus, machine):
    with bus.consumer("orders", group="bar") as consumer:
        for record in sorted(consumer.poll(), key=lambda record: record.event.order_id):
            machine.make(record.event.order_id)
            consumer.commit(record)
