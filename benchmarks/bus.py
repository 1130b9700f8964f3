"""Publish to handled, per event: the simulated bus beside its peers, and its memory."""

import gc
import importlib
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

PEERS = [
    "bare",
    "ours",
    "librdkafka_mock",
    "mockafka_py",
    "real_kafka",
    "fakeredis_streams",
    "faststream_test_broker",
]
SLOW = {"faststream_test_broker": 10_000, "fakeredis_streams": 10_000, "real_kafka": 10_000}  # at most
BARS = {  # ours has to be so many times as fast, under the first load; of the bare loop, a fifth
    "bare": 1 / 5,
    "librdkafka_mock": 1.5,
    "mockafka_py": 2,
    "fakeredis_streams": 15,
    "faststream_test_broker": 40,
}


@dataclass(frozen=True)
class Load:
    """What is carried."""

    events: int
    size: int  # bytes of each event's text
    groups: int

    def __str__(self) -> str:
        groups = "1 group" if self.groups == 1 else f"{self.groups} groups"
        return f"{self.events:,} events of {self.size} bytes, {groups}"


LOADS = [Load(10_000, 50, 1), Load(10_000, 50, 3), Load(10_000, 1024, 1), Load(100_000, 50, 1)]
FULL = [*LOADS, Load(100_000, 1024, 1), Load(1_000_000, 50, 1)]


def measure(loads: list[Load], rounds: int) -> dict[Load, dict[str, float]]:
    """Events a second of each peer: medians over rounds in which all take turns."""
    runs, missing = {}, []
    for name in PEERS:
        try:
            runs[name] = importlib.import_module(f"benchmarks.peers.{name}").run
        except ImportError as error:
            missing.append(f"{name} ({error})")
    if "BENCH_KAFKA" not in os.environ:
        runs.pop("real_kafka", None)
        missing.append("real_kafka (no Java and no Docker)")
    if missing:
        print("Not measured: " + ", ".join(missing), file=sys.stderr)
    results = {}
    with tqdm(total=rounds * sum(_takes_part(n, load) for load in loads for n in runs), unit="run") as bar:
        for load in loads:
            seconds = {name: [] for name in runs if _takes_part(name, load)}
            for _ in range(rounds):
                for name, taken in seconds.items():
                    bar.set_description(f"{load}: {name}")
                    gc.collect()
                    taken.append(runs[name](load.events, load.size, load.groups))
                    bar.update()
            results[load] = {n: load.events / statistics.median(taken) for n, taken in seconds.items()}
    return results


def _takes_part(name: str, load: Load) -> bool:
    return load.events <= SLOW.get(name, load.events)


def memory(events: int = 100_000) -> tuple[float, float]:
    """Bytes for each retained event, and for each event object: in a process of its own each."""
    script = (
        "import sys, tracemalloc; from sandbox import connect\n"
        "from benchmarks.workload import OrderPlaced, KEYS\n"
        "what, n = sys.argv[1], int(sys.argv[2]); bus = connect('sim://')\n"
        "bus.create_topic('orders', partitions=3); kept = []; tracemalloc.start()\n"
        "for i in range(n):\n"
        "    event = OrderPlaced(f'{i:050}', 10_000 + i)\n"
        "    kept.append(event) if what == 'objects' else bus.publish('orders', event, key=KEYS[i % 100])\n"
        "    event = None\n"
        "print(tracemalloc.get_traced_memory()[0] / n)\n"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", script, what, str(events)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).resolve().parents[1],
        ).stdout
        for what in ("bus", "objects")
    ]
    return float(found[0]), float(found[1])
