"""kafka-python's errors in the sandbox's words: what happened, and whether it did."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import KafkaError

from sandbox.errors import BrokerUnreachable

CONNECT_SECONDS = 4.0  # so that a notebook hears of it within five
ANSWER_MS = 10_000  # for what a broker does in milliseconds; beyond it, it doesn't answer

# kafka-python tells of every lost connection by itself; we raise one clear error instead.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


def unreachable(address: str, cause: object) -> BrokerUnreachable:
    """The one error for a broker that does not answer."""
    return BrokerUnreachable(
        f"no Kafka answers at {address} ({cause}). "
        "Start one with `make kafka` in a terminal, or use connect('sim://') for the simulated bus."
    )


@contextmanager
def in_our_words(address: str, *, but: tuple[type[KafkaError], ...] = ()) -> Iterator[None]:
    """Turn whatever kafka-python raises in the block into `BrokerUnreachable`, `but` these."""
    try:
        yield
    except but:
        raise
    except (KafkaError, OSError) as error:
        raise unreachable(address, f"{type(error).__name__}: {error}".rstrip(": ")) from error


def check_port(address: str) -> None:
    """Raise `BrokerUnreachable` at once where nothing listens: no client has to find out."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host or "localhost", int(port)), timeout=CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise unreachable(address, error) from error
