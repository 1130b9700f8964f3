"""`connect`: the one place that knows both the simulator and the real brokers."""

import os
import sys
from urllib.parse import urlsplit

from sandbox.errors import NotSupportedHere, UsageError
from sandbox.ports import Bus
from sandbox.sim import SimulatedBus

SIMULATED = "sim://"


def connect(url: str | None = None, *, seed: int | None = None, run: str | None = None) -> Bus:
    """A bus: the simulated one, or a real broker.

    `url` is `sim://` or `kafka://host:port`; without it, the environment variable
    `SANDBOX_BUS`; without that, the simulator. `seed` (else `SANDBOX_SEED`, else 0)
    decides what the simulator leaves to chance. `run` names this run on a real broker:
    give the same name to find its topics and offsets again; by default every run is new.

    Raises `UsageError` for an address it can't read, `BrokerUnreachable` within five
    seconds where nothing answers, `NotSupportedHere` for a broker in a browser.
    """
    url = url or os.environ.get("SANDBOX_BUS") or SIMULATED
    parts = urlsplit(url)
    if parts.scheme == "sim":
        return SimulatedBus(seed=_seed() if seed is None else seed)
    if parts.scheme == "kafka" and parts.netloc:
        if sys.platform == "emscripten":
            raise NotSupportedHere(
                f"Python in a browser can open no connection to {url}: it has no sockets. Use connect() for "
                "the simulator, or take the course to your own machine or to Binder, where `make kafka` "
                "starts a real Kafka."
            )
        from sandbox.adapters.kafka import KafkaBus

        return KafkaBus(parts.netloc, run=run)
    raise UsageError(
        f"{url!r} names no bus. Use connect() or {SIMULATED!r} for the simulator, "
        "'kafka://localhost:9092' for Kafka (`make kafka` starts one)."
    )


def _seed() -> int:
    text = os.environ.get("SANDBOX_SEED") or "0"
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"SANDBOX_SEED is a whole number, not {text!r}.") from None
