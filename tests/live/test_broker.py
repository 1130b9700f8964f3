"""A real broker, started, stopped and started again."""

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

from tools.broker import Problem, available
from tools.broker.java_broker import JavaBroker, free_port
from tools.broker.private import default_libs
from tools.broker.ready import what_answers

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


@pytest.fixture
def broker(tmp_path):
    try:
        available()
    except Problem as problem:
        pytest.skip(f"real Kafka: {problem}")
    broker = JavaBroker(tmp_path / "kafka", default_libs())
    yield broker
    broker.stop()


def read_one(address):
    """Read one record as the group `billing`, and commit it."""
    reader = KafkaConsumer(
        "orders",
        bootstrap_servers=address,
        group_id="billing",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=1,
        consumer_timeout_ms=20_000,
    )
    record = next(reader)
    reader.commit()
    reader.close()
    return record.value


def test_topics_and_offsets_survive_a_restart(broker):
    port = free_port()
    address = f"localhost:{port}"
    broker.start(port)
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics({"orders": {"num_partitions": 1, "replication_factor": 1}})
    admin.close()
    writer = KafkaProducer(bootstrap_servers=address)
    for value in (b"A-1", b"A-2"):
        writer.send("orders", value).get(timeout=10)
    writer.close()
    assert read_one(address) == b"A-1"
    assert broker.stop() is True
    assert what_answers(port) == ""

    broker.start(port)
    assert broker.running() == port
    assert read_one(address) == b"A-2"
