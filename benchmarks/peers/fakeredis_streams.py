"""fakeredis streams: XADD, XREADGROUP 500 at a time, XACK."""

from time import perf_counter

import fakeredis
import msgspec

from benchmarks.workload import Counter, OrderPlaced, check

NAME = "fakeredis streams"
BATCH = 500
decode = msgspec.json.Decoder(OrderPlaced).decode
encode = msgspec.json.Encoder().encode


def run(events: int, size: int, groups: int) -> float:
    """One stream; a batch is acked at once, as its users do."""
    text, counter = "x" * size, Counter()
    redis = fakeredis.FakeRedis()
    for number in range(groups):
        redis.xgroup_create("orders", f"group-{number}", id="0", mkstream=True)
    start = perf_counter()
    for number in range(events):
        redis.xadd("orders", {"event": encode(OrderPlaced(text, number))})
    for number in range(groups):
        group = f"group-{number}"
        while found := redis.xreadgroup(group, "worker", {"orders": ">"}, count=BATCH):
            entries = found[0][1]
            for _, fields in entries:
                counter.handle(decode(fields[b"event"]))
            redis.xack("orders", group, *(id for id, _ in entries))
    seconds = perf_counter() - start
    check(counter.handled, events, groups)
    return seconds
