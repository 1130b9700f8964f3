"""A broker for the tests: private, on a free port, gone at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.broker import jars
from tools.broker.java_broker import JavaBroker, free_port
from tools.broker.problem import Problem

ROOT = Path(__file__).resolve().parents[2]


def default_home() -> Path:
    """Where `make kafka` keeps the broker: `.kafka`, or SANDBOX_KAFKA_HOME."""
    return Path(os.environ.get("SANDBOX_KAFKA_HOME") or ROOT / ".kafka")


def default_libs() -> Path:
    """Kafka's jars; all brokers share them."""
    return default_home() / "libs"


def given_address() -> str | None:
    """The address in SANDBOX_BUS, where it names a Kafka: `localhost:9092`."""
    scheme, _, address = os.environ.get("SANDBOX_BUS", "").partition("://")
    return address.rstrip("/") if scheme == "kafka" and address else None


def available() -> str:
    """How `running_broker` would come to a broker. Raises `Problem` with the reason where it can't."""
    if address := given_address():
        return f"the one at {address}"
    jars.java()
    if not (default_libs() / "made-from").is_file() and not shutil.which("mvn"):
        raise Problem("there is Java, but no Maven to fetch Kafka's jars with.")
    return "its own jars on Java"


@contextmanager
def running_broker() -> Iterator[str]:
    """The address of a Kafka: that of SANDBOX_BUS, else a private one that ends with the block."""
    if address := given_address():
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="sandbox-kafka-") as home:
        broker = JavaBroker(Path(home), default_libs())
        port = free_port()
        broker.start(port)
        try:
            yield f"localhost:{port}"
        finally:
            broker.stop()
