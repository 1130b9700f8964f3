# A partition with a failure waits, the other one goes on
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


from sandbox.errors import GatewayTimeout


def work(bus, machine):
    stopped = set()
    with bus.consumer("orders", group="bar") as consumer:
        for record in consumer.poll():
            if record.partition in stopped:
                continue
            try:
                machine.make(record.event.order_id)
            except GatewayTimeout:
                stopped.add(record.partition)
                continue
            consumer.commit(record)
