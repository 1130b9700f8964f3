"""The simulated bus: envelope, keys, groups, committed offsets and trace, all on."""

from time import perf_counter

from benchmarks.workload import KEYS, Counter, OrderPlaced, check
from sandbox import connect

NAME = "the simulated bus"


def run(events: int, size: int, groups: int) -> float:
    """As a lesson does it: publish, subscribe, run."""
    text, counter = "x" * size, Counter()
    bus = connect("sim://")
    orders = bus.create_topic("orders", partitions=3)
    for number in range(groups):
        bus.subscribe(orders, f"group-{number}", lambda record: counter.handle(record.event))
    start = perf_counter()
    for number in range(events):
        bus.publish(orders, OrderPlaced(text, number), key=KEYS[number % 100])
    bus.run()
    seconds = perf_counter() - start
    check(counter.handled, events, groups)
    return seconds
