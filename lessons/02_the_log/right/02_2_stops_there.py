# Stops at the first trouble, keeps what is done
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


from sandbox.errors import GatewayTimeout


def work(bus, machine):
    with bus.consumer("orders", group="bar") as consumer:
        for record in consumer.poll():
            try:
                machine.make(record.event.order_id)
            except GatewayTimeout:
                return  # the next run begins with it
            consumer.commit(record)
