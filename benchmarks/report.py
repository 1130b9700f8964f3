"""Tables and charts of what was measured."""

import importlib
from pathlib import Path

from benchmarks.bus import BARS, LOADS, Load

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
    """Bars on a logarithmic scale, one panel for each load; its colours stand on light and on dark."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "sandbox", "text.color": "#777", "font.size": 9})
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(len(results), 1, figsize=(8, 2.2 * len(results)), squeeze=False)
    for panel, (load, rates) in zip(panels[:, 0], results.items(), strict=True):
        ranked = sorted(rates.items(), key=lambda item: item[1])
        colours = ["#2a78b8" if peer == "ours" else "#999999" for peer, _ in ranked]
        bars = panel.barh([name_of(peer) for peer, _ in ranked], [rate for _, rate in ranked], color=colours)
        panel.bar_label(bars, labels=[f"{rate:,.0f}" for _, rate in ranked], padding=3, color="#777")
        panel.set_xscale("log")
        panel.set_title(f"Events a second, publish to handled: {load}", loc="left", color="#777")
        panel.tick_params(colors="#777")
        panel.spines[:].set_visible(False)
        panel.margins(x=0.15)
    figure.tight_layout()
    figure.savefig(path, transparent=True, metadata={"Date": None})
