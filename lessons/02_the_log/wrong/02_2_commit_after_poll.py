# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


def work(bus, machine):
    with bus.consumer("orders", group="bar") as consumer:
        records = consumer.poll()
        consumer.commit()
        for record in records:
            machine.make(record.event.order_id)
