"""Tables and the chart of what was measured."""

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.classroom.growth import Growth

if TYPE_CHECKING:
    from benchmarks.workshop import Rate

OURS = "this workshop"


def rates_table(exercises: list[str], rates: "list[Rate]", bars: dict[str, float]) -> str:
    """Submissions a minute, and how many times as fast ours is, beside what was asked for."""
    ours = next(rate for rate in rates if rate.grader == OURS)
    lines = [
        f"Exercises {' and '.join(exercises)}:\n",
        "| | submissions | seconds | a minute | ours is | asked | other points |",
        "|---|--:|--:|--:|--:|:--|--:|",
    ]
    for rate in sorted(rates, key=lambda rate: -rate.per_minute):
        times = ours.per_minute / rate.per_minute
        bar = bars.get(rate.grader)
        asked = "" if bar is None else f"{bar:g}× {'met' if times >= bar else 'NOT MET'}"
        lines.append(
            f"| {rate.grader} | {rate.submissions} | {rate.seconds:.1f} | {rate.per_minute:,.1f} "
            f"| {times:.1f}× | {asked} | {rate.astray or ''} |"
        )
    return "\n".join(lines)


def growth_table(exercises: list[str], grown: Growth) -> str:
    """The large class."""
    lines = [
        f"A whole lesson ({', '.join(exercises)}), {grown.submissions} submissions, no two texts the same: "
        f"{grown.seconds / 60:.1f} minutes; {grown.processor / 60:.1f} minutes of processor time, which two "
        f"cores have in {grown.processor / 120:.1f}.\n",
        "| submissions graded | memory, at most | processes, at most |",
        "|--:|--:|--:|",
    ]
    for mark, size in grown.memory.items():
        lines.append(f"| {mark} | {size / 2**20:,.0f} MB | {grown.processes[mark]} |")
    return "\n".join(lines)


def chart(panels: "dict[str, list[Rate]]", path: Path) -> None:
    """Bars on a logarithmic scale, one panel for each assignment; its colours stand on light and on dark."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "sandbox", "text.color": "#777", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(len(panels), 1, figsize=(8, 2.2 * len(panels)), squeeze=False)
    for panel, (title, rates) in zip(axes[:, 0], panels.items(), strict=True):
        ranked = sorted(rates, key=lambda rate: rate.per_minute)
        colours = ["#2a78b8" if rate.grader.startswith(OURS) else "#999999" for rate in ranked]
        values = [rate.per_minute for rate in ranked]
        bars = panel.barh([rate.grader for rate in ranked], values, color=colours)
        panel.bar_label(bars, labels=[f"{value:,.0f}" for value in values], padding=3, color="#777")
        panel.set_xscale("log")
        panel.set_title(f"Submissions a minute: {title}", loc="left", color="#777")
        panel.tick_params(colors="#777")
        panel.spines[:].set_visible(False)
        panel.margins(x=0.15)
    figure.tight_layout()
    figure.savefig(path, transparent=True, metadata={"Date": None})
