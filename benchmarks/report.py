"""Tables and charts of what was measured."""

import importlib
from pathlib import Path

from benchmarks.bus import BARS, LOADS, Load
from benchmarks.chart import bars

RESULTS = Path(__file__).with_name("results")


def name_of(peer: str) -> str:
    """What a reader calls it."""
    try:
        return importlib.import_module(f"benchmarks.peers.{peer}").NAME
    except ImportError:
        return peer


def table(results: dict[Load, dict[str, float]]) -> str:
    """Events a second, and how many times as fast ours is, beside what was asked for."""
    lines = []
    for load, rates in results.items():
        lines += [f"\n{load}\n", "| | events/s | ours is | asked |", "|---|--:|--:|:--|"]
        for peer, rate in sorted(rates.items(), key=lambda item: -item[1]):
            times, bar = rates["ours"] / rate, BARS.get(peer) if load == LOADS[0] else None
            asked = "" if bar is None else f"{bar:g}× {'met' if times >= bar else 'NOT MET'}"
            lines.append(f"| {name_of(peer)} | {rate:,.0f} | {times:.2f}× | {asked} |")
    return "\n".join(lines)


def chart(results: dict[Load, dict[str, float]], path: Path) -> None:
    """The rates as bars, one panel for each load."""
    panels = {
        f"Events a second, publish to handled: {load}": {name_of(peer): rate for peer, rate in rates.items()}
        for load, rates in results.items()
    }
    bars(panels, name_of("ours"), path)
