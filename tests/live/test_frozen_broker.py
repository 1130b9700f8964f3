"""A broker that is there and does not answer: every call ends, and says so."""

import os
import signal
import time
from dataclasses import dataclass

import psutil
import pytest

from sandbox import Event, connect
from sandbox.errors import BrokerUnreachable
from tools.broker import Problem, available
from tools.broker.java_broker import JavaBroker, free_port
from tools.broker.private import default_libs

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
SECONDS_MAX = 25  # what a call may take at most; most give up after ten


@dataclass(frozen=True)
class FrozenOrderPlaced(Event):
    order_id: str


@pytest.fixture
def broker(tmp_path):
    """A private one, and its process."""
    try:
        available()
    except Problem as problem:
        pytest.skip(f"real Kafka: {problem}")
    broker, port = JavaBroker(tmp_path / "kafka", default_libs()), free_port()
    broker.start(port)
    process = psutil.Process(int((broker.home / "pid").read_text().split()[0]))
    yield f"kafka://localhost:{port}", process
    process.send_signal(signal.SIGCONT)
    broker.stop()


@pytest.mark.skipif(os.name == "nt", reason="Windows can't stop a process for a while")
def test_every_call_ends_while_the_broker_is_frozen_and_nothing_is_lost(broker):
    url, process = broker
    bus = connect(url)
    orders = bus.create_topic("orders")
    bus.publish(orders, FrozenOrderPlaced("A-1"), key="A-1")
    consumer = bus.consumer(orders, "billing")
    (record,) = consumer.poll()
    bus.subscribe(orders, "email", lambda record: None)
    process.suspend()
    calls = {
        "publish": lambda: bus.publish(orders, FrozenOrderPlaced("A-2"), key="A-2"),
        "poll": consumer.poll,
        "commit": lambda: consumer.commit(record),
        "run": bus.run,
        "consumer": lambda: bus.consumer(orders, "third"),
    }
    slow = {}
    for name, call in calls.items():
        start = time.monotonic()
        with pytest.raises(BrokerUnreachable):
            call()
        if time.monotonic() - start > SECONDS_MAX:
            slow[name] = time.monotonic() - start
    assert not slow
    process.resume()
    again = connect(url, run=bus.run_name)
    orders = again.create_topic("orders")
    assert "A-1" in {record.event.order_id for record in again.consumer(orders, "books").poll()}
    again.close()
    bus.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows can't stop a process for a while")
def test_a_bus_can_be_closed_while_the_broker_is_frozen(broker, capfd):
    url, process = broker
    bus = connect(url)
    orders = bus.create_topic("orders")
    bus.publish(orders, FrozenOrderPlaced("A-1"), key="A-1")
    bus.consumer(orders, "billing").poll()
    bus.producer(transactional_id="till")
    process.suspend()
    start = time.monotonic()
    bus.close()
    assert time.monotonic() - start < SECONDS_MAX
    del bus
    assert "Traceback" not in capfd.readouterr().err
