"""Tables and the chart of what was measured."""

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.chart import bars
from benchmarks.classroom.growth import Growth

if TYPE_CHECKING:
    from benchmarks.workshop import Rate

OURS = "this workshop"


def rates_table(exercises: list[str], rates: "list[Rate]", bars: dict[str, float]) -> str:
    """Submissions a minute, and how many times as fast ours is, beside what was asked for."""
    ours = next(rate for rate in rates if rate.grader == OURS)
    lines = [
        f"Exercises {' and '.join(exercises)}:\n",
        "| | submissions | seconds | a minute | ours is | asked | processor, each | ours takes "
        "| other points |",
        "|---|--:|--:|--:|--:|:--|--:|:--|--:|",
    ]
    for rate in sorted(rates, key=lambda rate: -rate.per_minute):
        each, our_each = rate.processor / rate.submissions, ours.processor / ours.submissions
        times = ours.per_minute / rate.per_minute
        bar = bars.get(rate.grader)
        asked = "" if bar is None else f"{bar:g}× {'met' if times >= bar else 'NOT MET'}"
        lines.append(
            f"| {rate.grader} | {rate.submissions} | {rate.seconds:.1f} | {rate.per_minute:,.1f} "
            f"| {times:.1f}× | {asked} "
            f"| {each:.2f} s | 1/{each / our_each:.1f} | {rate.astray or ''} |"
        )
    return "\n".join(lines)


def growth_table(exercises: list[str], grown: Growth) -> str:
    """The large class."""
    lines = [
        f"A whole lesson ({', '.join(exercises)}), {grown.submissions} submissions, no two texts the same: "
        f"{grown.seconds / 60:.1f} minutes; {grown.processor / 60:.1f} minutes of processor time, which two "
        f"cores have in {grown.processor / 120:.1f}.\n",
        "| submissions graded | looks | memory, median | memory, at most | processes, median | at most |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for mark, sizes in grown.memory.items():
        processes = grown.processes[mark]
        lines.append(
            f"| {mark} | {len(sizes)} | {median(sizes) / 2**20:,.0f} MB | {max(sizes) / 2**20:,.0f} MB "
            f"| {median(processes):.0f} | {max(processes)} |"
        )
    return "\n".join(lines)


def fleet_table(exercises: list[str], submissions: int, seconds: dict[int, float]) -> str:
    """How long so many workers took, with real Kafka between them and the office."""
    alone = seconds[1]
    lines = [
        f"Exercises {' and '.join(exercises)}, {submissions} submissions, graded by workers of one process "
        "each, over real Kafka; workers and Kafka had started before:\n",
        "| workers | seconds | a minute | one worker's |",
        "|--:|--:|--:|--:|",
    ]
    for workers, took in seconds.items():
        lines.append(f"| {workers} | {took:.1f} | {60 * submissions / took:,.1f} | {alone / took:.2f}× |")
    return "\n".join(lines)


def chart(panels: "dict[str, list[Rate]]", path: Path) -> None:
    """The rates as bars, one panel for each assignment."""
    rates = {
        f"Submissions a minute: {title}": {rate.grader: rate.per_minute for rate in found}
        for title, found in panels.items()
    }
    bars(rates, OURS, path)
