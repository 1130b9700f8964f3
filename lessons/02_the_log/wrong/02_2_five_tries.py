# breaks: no lost message
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str


from sandbox.errors import GatewayTimeout


def work(bus, machine):
    with bus.consumer("orders", group="bar") as consumer:
        for record in consumer.poll():
            for attempt in range(5):
                try:
                    machine.make(record.event.order_id)
                    break
                except GatewayTimeout:
                    print("again:", record, attempt)
            consumer.commit(record)
