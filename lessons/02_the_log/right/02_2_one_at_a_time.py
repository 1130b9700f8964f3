# One record at a time
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


def work(bus, machine):
    with bus.consumer("orders", group="bar") as consumer:
        while records := consumer.poll(max_records=1):
            machine.make(records[0].event.order_id)
            consumer.commit()
