# The bus runs the loop, and commits after the handler
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


def work(bus, machine):
    bus.subscribe("orders", group="bar", handle=lambda record: machine.make(record.event.order_id))
    bus.run()
