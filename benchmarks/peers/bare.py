"""The limit of the language: a loop over a deque of the same frozen dataclasses, and no bus."""

from collections import deque
from time import perf_counter

from benchmarks.workload import Counter, OrderPlaced, check

NAME = "bare loop over a deque"


def run(events: int, size: int, groups: int) -> float:
    """Build each event once, and hand it to each group's handler."""
    text, counter = "x" * size, Counter()
    handle = counter.handle
    start = perf_counter()
    queues = [deque() for _ in range(groups)]
    for number in range(events):
        event = OrderPlaced(text, number)
        for queue in queues:
            queue.append(event)
    for queue in queues:
        while queue:
            handle(queue.popleft())
    seconds = perf_counter() - start
    check(counter.handled, events, groups)
    return seconds
