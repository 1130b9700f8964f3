"""What everybody has to carry: the same events, under the same keys."""

from dataclasses import dataclass

from sandbox import Event

KEYS = [f"A-{number}" for number in range(100)]


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A learner's event: a text and a number."""

    order_id: str
    total: int


class Counter:
    """A handler that does next to nothing: it looks at the event, and counts it."""

    def __init__(self) -> None:
        self.handled = 0

    def handle(self, event: OrderPlaced) -> None:
        """Count one event."""
        if event.total >= 0:
            self.handled += 1


def check(handled: int, events: int, groups: int) -> None:
    """Raises where somebody was fast because he left something out."""
    if handled != events * groups:
        raise AssertionError(f"{handled} of {events * groups} were handled")
