"""`make bench`: fetch the peers, measure side by side, print the table, write benchmarks/results/."""

import argparse
import contextlib
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "build" / "peers"  # beside the course's environment, which stays as it is


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to a million events (some minutes)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    fetch_peers()
    from benchmarks import bus, report

    with kafka():
        results = bus.measure(bus.FULL if options.full else bus.LOADS, options.rounds)
    retained, objects = bus.memory()
    text = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores; "
        f"medians of {options.rounds} rounds in turn.\n"
        + report.table(results)
        + f"\n\nMemory: {retained:.0f} bytes for each retained event, trace included; "
        f"{objects:.0f} for the event object ({retained / objects:.1f}×; at most 3× was asked)."
    )
    print(text)
    report.RESULTS.mkdir(exist_ok=True)
    (report.RESULTS / "bus.md").write_text(text + "\n", encoding="utf-8")
    report.chart(results, report.RESULTS / "bus.svg")


def fetch_peers() -> None:
    """Install the peers into build/peers, once, and make them importable here."""
    wanted = (HERE / "requirements.txt").read_text()
    stamp = PEERS / "made-from"
    if not stamp.exists() or stamp.read_text() != wanted:
        print("Fetching the peers (once) ...", file=sys.stderr)
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "-q",
            "--target",
            str(PEERS),
        ]
        subprocess.run([*pip, "--upgrade", "-r", str(HERE / "requirements.txt")], check=True)
        stamp.write_text(wanted)
    sys.path.append(str(PEERS))  # at the end: the course's own versions come first


@contextlib.contextmanager
def kafka():
    """A real broker for the time of the run, where one can be had: its address, or nothing."""
    from tools.broker import Problem, available, running_broker

    try:
        available()
    except Problem as problem:
        print(f"No real Kafka: {problem}", file=sys.stderr)
        yield ""
        return
    with running_broker() as address:
        os.environ["BENCH_KAFKA"] = address
        yield address


if __name__ == "__main__":
    main()
