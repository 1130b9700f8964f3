"""How fast a class is graded, beside nbgrader and otter: `python -m benchmarks.workshop` (Linux).

One assignment of two questions, one class, no two texts the same, in one run: ours, nbgrader one by one
and two in parallel, otter. Ours has to give every learner the points that the solutions are worth; where
another one gives others, the table says to how many. Then a class of 300 with a whole lesson: its
time, and its memory while it grows. A quarter of an hour on two quiet cores; `--quick` leaves the
300 out.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.__main__ import kafka
from benchmarks.classroom import fleet, growth, nbgrader, others, otter, ours
from benchmarks.classroom.handed_in import a_class
from benchmarks.classroom.processor import processor_time
from benchmarks.classroom.report import chart, fleet_table, growth_table, rates_table
from sandbox.referee import Referee

RESULTS = Path(__file__).with_name("results")
LIGHT, HEAVY = ["00.1", "01.1"], ["02.2", "02.3"]
WHOLE_LESSON = ["02.1", "02.2", "02.3", "02.4"]
SAME = "this workshop, equal texts"
BARS = {"nbgrader, one by one": 10, "nbgrader, two in parallel": 5, "otter": 50}
WORKERS = (1, 2)
MINUTES_MAX = 10  # for 300 submissions of a whole lesson
GROWTH_MAX = 1.25  # of memory, from 30 submissions to 300

Run = Callable[..., tuple[float, dict[str, int]]]


@dataclass(frozen=True)
class Rate:
    """How fast somebody graded."""

    grader: str
    submissions: int
    seconds: float
    processor: float  # seconds that all its processes took, those that prepare the class too
    astray: int  # learners with other points than their solutions are worth

    @property
    def per_minute(self) -> float:
        """Submissions a minute."""
        return 60 * self.submissions / self.seconds


def main() -> int:
    """Measure; print and keep each part when it is there. Exit status 1 where a bar is missed."""
    options = _options()
    parts = [_head()]

    def tell(part: str) -> None:
        print(part, end="\n\n", flush=True)
        parts.append(part)
        (RESULTS / "workshop.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")

    tell(_load())
    light = measure(LIGHT, options.submissions, options.nbgrader, options.otter)
    tell(rates_table(LIGHT, light, BARS))
    heavy = measure(HEAVY, options.heavy, min(options.heavy, options.nbgrader), 0)
    tell(rates_table(HEAVY, heavy, {}))
    sys.path.append(others.libraries(others.fetch()))  # at the end: the course's own versions come first
    chart({"two light questions": light, "two heavy ones": heavy}, RESULTS / "workshop.svg")
    missed = [name for name, bar in BARS.items() if _times(light, name) < bar]
    with kafka() as address:
        if address:
            some = fleet.measure(address, LIGHT, options.submissions, WORKERS)
            tell(fleet_table(LIGHT, options.submissions, some))
    if not options.quick:
        grown = growth.measure(WHOLE_LESSON, options.lesson)
        tell(growth_table(WHOLE_LESSON, grown))
        missed += ["minutes"] * (grown.seconds > 60 * MINUTES_MAX)
        missed += ["memory"] * (grown.factor > GROWTH_MAX)
    tell(_load())
    if missed:
        print(f"Not met: {', '.join(missed)}.", file=sys.stderr)
    return bool(missed)


def measure(exercises: list[str], count: int, nbgraders: int, otters: int) -> list[Rate]:
    """The rates of all, over the same class; the slow ones may have a part of it. 0: not at all."""
    runs: list[tuple[str, Run, int, int, bool]] = [
        ("this workshop", ours.run, count, 2, False),
        (SAME, ours.run, count, 2, True),
        ("nbgrader, one by one", nbgrader.run, nbgraders, 1, False),
        ("nbgrader, two in parallel", nbgrader.run, nbgraders, 2, False),
        ("otter", otter.run, otters, 1, False),
    ]
    rates = []
    for name, run, some, processes, same in runs:
        if not some:
            continue
        print(f"{', '.join(exercises)}: {name}, {some} submissions ...", file=sys.stderr)
        submissions = a_class(exercises, some, same=same)
        with TemporaryDirectory() as folder, processor_time() as spent:
            seconds, points = run(Path(folder) / "class", submissions, processes)
        astray = [each.learner for each in submissions if points.get(each.learner) != each.points]
        if astray and run is ours.run:
            raise SystemExit(f"Ours has given other points than the solutions are worth: {astray}")
        rates.append(Rate(name, some, seconds, spent.seconds, len(astray)))
    return rates


def _times(rates: list[Rate], name: str) -> float:
    """How many times as fast as that one ours is."""
    found = {rate.grader: rate.per_minute for rate in rates}
    return found["this workshop"] / found[name] if name in found else float("inf")


def _head() -> str:
    referee = Referee()
    confinement = referee.confinement
    referee.close()
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores; ours with two workers, submissions "
        f"{confinement}; nbgrader and otter not confined.\n"
        "From a folder of notebooks to the verdicts, starts included; half of the solutions are right."
    )


def _load() -> str:
    return f"Load of the machine by now: {os.getloadavg()[0]:.1f}."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workshop", description=__doc__)
    parser.add_argument("--submissions", type=int, default=100, metavar="N", help="of the class (100)")
    parser.add_argument("--nbgrader", type=int, default=100, metavar="N", help="of those, nbgrader (100)")
    parser.add_argument("--otter", type=int, default=20, metavar="N", help="of those, otter (20; 0: none)")
    parser.add_argument("--heavy", type=int, default=30, metavar="N", help="with two heavy questions (30)")
    parser.add_argument("--lesson", type=int, default=300, metavar="N", help="with a whole lesson (300)")
    parser.add_argument("--quick", action="store_true", help="without the whole lesson")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
