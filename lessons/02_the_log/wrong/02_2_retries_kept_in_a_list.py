# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


from sandbox.errors import GatewayTimeout

failed = []


def work(bus, machine):
    while failed:
        machine.make(failed[0])
        failed.pop(0)
    with bus.consumer("orders", group="bar") as consumer:
        for record in consumer.poll():
            try:
                machine.make(record.event.order_id)
            except GatewayTimeout:
                failed.append(record.event.order_id)
            consumer.commit(record)
