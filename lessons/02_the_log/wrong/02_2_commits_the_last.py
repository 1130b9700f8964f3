# breaks: no duplicate effect
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


def work(bus, machine):
    with bus.consumer("orders", group="bar") as consumer:
        records = consumer.poll()
        for record in records:
            machine.make(record.event.order_id)
        if records:
            consumer.commit(records[-1])
