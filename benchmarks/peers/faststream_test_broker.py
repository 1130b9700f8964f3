"""FastStream's test broker: publish calls the subscribers in memory."""

import asyncio
from time import perf_counter

from faststream.kafka import KafkaBroker, TestKafkaBroker
from pydantic import BaseModel

from benchmarks.workload import KEYS, check

NAME = "FastStream's test broker"


class OrderPlaced(BaseModel):
    """Its users' models are pydantic's."""

    order_id: str
    total: int


def run(events: int, size: int, groups: int) -> float:
    """One subscriber for each group."""
    return asyncio.run(_run(events, "x" * size, groups))


async def _run(events: int, text: str, groups: int) -> float:
    broker, handled = KafkaBroker(), []

    def subscriber(number: int) -> None:
        @broker.subscriber("orders", group_id=f"group-{number}")
        async def handle(event: OrderPlaced) -> None:
            handled.append(event.total)

    for number in range(groups):
        subscriber(number)
    async with TestKafkaBroker(broker):
        start = perf_counter()
        for number in range(events):
            await broker.publish(
                OrderPlaced(order_id=text, total=number), "orders", key=KEYS[number % 100].encode()
            )
        seconds = perf_counter() - start
    check(len(handled), events, groups)
    return seconds
