"""confluent-kafka on librdkafka's mock cluster: C, in this process, over a socket."""

from time import perf_counter

import msgspec
from confluent_kafka import Consumer, Producer

from benchmarks.workload import KEYS, Counter, OrderPlaced, check

NAME = "confluent-kafka on its mock cluster"
BATCH = 500
decode = msgspec.json.Decoder(OrderPlaced).decode
encode = msgspec.json.Encoder().encode


def run(events: int, size: int, groups: int) -> float:
    """Asynchronous sends and batched reads, with a commit for each batch."""
    text, counter = "x" * size, Counter()
    producer = Producer(
        {"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "queue.buffering.max.messages": 2_000_000}
    )
    broker = next(iter(producer.list_topics().brokers.values()))
    address = f"{broker.host}:{broker.port}"
    producer.list_topics("orders")  # the mock makes a topic, of four partitions, when it is asked for it
    consumers = [_joined(address, number) for number in range(groups)]
    start = perf_counter()
    for number in range(events):
        producer.produce("orders", encode(OrderPlaced(text, number)), KEYS[number % 100])
        if number % 10_000 == 0:
            producer.poll(0)
    producer.flush()
    for consumer in consumers:
        left = events
        while left:
            messages = consumer.consume(BATCH, timeout=10)
            for message in messages:
                counter.handle(decode(message.value()))
            consumer.commit(asynchronous=True)
            left -= len(messages)
    seconds = perf_counter() - start
    for consumer in consumers:
        consumer.close()
    check(counter.handled, events, groups)
    return seconds


def _joined(address: str, number: int) -> Consumer:
    """A consumer that has its partitions: joining takes seconds, which nobody wants to measure."""
    consumer = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": f"group-{number}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe(["orders"])
    while not consumer.assignment():
        consumer.poll(0.05)
    return consumer
