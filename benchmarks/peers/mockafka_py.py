"""mockafka-py: confluent-kafka's API in Python, without groups' rebalances."""

from time import perf_counter

import msgspec
from mockafka import FakeAdminClientImpl, FakeConsumer, FakeProducer
from mockafka.admin_client import NewTopic

from benchmarks.workload import KEYS, Counter, OrderPlaced, check

NAME = "mockafka-py"
decode = msgspec.json.Decoder(OrderPlaced).decode
encode = msgspec.json.Encoder().encode


def run(events: int, size: int, groups: int) -> float:
    """It has no partitioner, so the partition is given; its groups share one position, so one topic each."""
    text, counter = "x" * size, Counter()
    admin = FakeAdminClientImpl(clean=True)
    topics = [f"orders-{number}" for number in range(groups)]
    admin.create_topics([NewTopic(topic, num_partitions=3) for topic in topics])
    producer = FakeProducer()
    start = perf_counter()
    for number in range(events):
        value = encode(OrderPlaced(text, number))
        for topic in topics:
            producer.produce(topic=topic, key=KEYS[number % 100], value=value, partition=number % 3)
    producer.flush()
    for topic in topics:
        consumer = FakeConsumer({"group.id": topic})
        consumer.subscribe([topic])
        for _ in range(events):
            message = consumer.poll(0)
            counter.handle(decode(message.value()))
            consumer.commit(message)
    seconds = perf_counter() - start
    check(counter.handled, events, groups)
    return seconds
