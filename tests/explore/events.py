"""What the test worlds talk about."""

from dataclasses import dataclass

from sandbox import Command, Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    version: int = 1
    cents: int = 420


@dataclass(frozen=True)
class PayOrder(Command):
    order_id: str
    cents: int
