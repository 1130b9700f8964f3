"""kafka-python on a real Kafka, as its users use it: asynchronous sends, batched polls and commits."""

import os
from time import perf_counter
from uuid import uuid4

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from benchmarks.workload import KEYS, Counter, OrderPlaced, check

NAME = "kafka-python on real Kafka"
decode = msgspec.json.Decoder(OrderPlaced).decode
encode = msgspec.json.Encoder().encode


def run(events: int, size: int, groups: int) -> float:
    """On the broker whose address the benchmark has put into BENCH_KAFKA."""
    address = os.environ["BENCH_KAFKA"]
    text, counter, topic = "x" * size, Counter(), f"orders-{uuid4().hex[:8]}"
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics({topic: {"num_partitions": 3, "replication_factor": 1}}, wait_for_metadata=True)
    producer = KafkaProducer(bootstrap_servers=address, linger_ms=5)
    consumers = [
        KafkaConsumer(
            topic,
            bootstrap_servers=address,
            group_id=f"{topic}-{number}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        for number in range(groups)
    ]
    for consumer in consumers:
        while not consumer.assignment():
            consumer.poll(timeout_ms=50)
    start = perf_counter()
    for number in range(events):
        producer.send(topic, encode(OrderPlaced(text, number)), key=KEYS[number % 100].encode())
    producer.flush()
    for consumer in consumers:
        left = events
        while left:
            for records in consumer.poll(timeout_ms=1000).values():
                for record in records:
                    counter.handle(decode(record.value))
                left -= len(records)
            consumer.commit()
    seconds = perf_counter() - start
    for client in (*consumers, producer, admin):
        client.close()
    check(counter.handled, events, groups)
    return seconds
