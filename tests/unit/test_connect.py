"""`connect` finds the bus that is meant, or says within five seconds why it can't."""

import socket
import time

import pytest

from sandbox import connect
from sandbox.errors import BrokerUnreachable, UsageError


@pytest.fixture
def silent_port():
    """A port where something listens and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def closed_port():
    """A port where nobody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def test_without_an_address_the_bus_is_simulated(monkeypatch):
    monkeypatch.delenv("SANDBOX_BUS", raising=False)
    monkeypatch.delenv("SANDBOX_SEED", raising=False)
    assert repr(connect()) == "The simulated bus, inside this notebook (seed 0)"


def test_the_environment_names_the_bus_and_the_seed(monkeypatch):
    monkeypatch.setenv("SANDBOX_BUS", "sim://")
    monkeypatch.setenv("SANDBOX_SEED", "7")
    assert connect().seed == 7
    assert connect(seed=3).seed == 3


@pytest.mark.parametrize("url", ["localhost:9092", "kafka:", "kafka://", "rabbit://localhost"])
def test_an_address_that_names_no_bus_is_refused_with_the_next_step(url):
    with pytest.raises(UsageError, match="kafka://localhost:9092"):
        connect(url)


def test_a_seed_is_a_number(monkeypatch):
    monkeypatch.setenv("SANDBOX_SEED", "many")
    with pytest.raises(UsageError, match="'many'"):
        connect("sim://")


@pytest.mark.slow
@pytest.mark.parametrize("port", ["closed_port", "silent_port"])
def test_a_broker_that_does_not_answer_is_named_within_five_seconds(port, request):
    number = request.getfixturevalue(port)
    start = time.monotonic()
    with pytest.raises(BrokerUnreachable, match=rf"no Kafka answers at localhost:{number}.*make kafka"):
        connect(f"kafka://localhost:{number}")
    assert time.monotonic() - start < 5
