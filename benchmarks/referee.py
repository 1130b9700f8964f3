"""How fast the isolated referee is: `python -m benchmarks.referee` (Linux, about ten seconds)."""

import os
import platform
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from sandbox.grading import Verdict, grade
from sandbox.referee import Referee
from sandbox.referee.processes import Nursery
from sandbox.referee.program import FarProgram

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "referee.md"
RIGHT = sorted((HERE.parent / "lessons" / "08_outbox" / "right").glob("08_2_*.py"))
ROUNDS = 5
RATE_MIN = 400  # isolated schedules a second of the three-order outbox, on two cores
DRAWS_IDS = "import uuid\nME = uuid.uuid4()\n"
TRIVIAL = "def answer():\n    return 42\n"


def main() -> None:
    """Measure, print, and keep the table. Exit status 1 where the bar is missed."""
    referee = Referee()
    rows = [
        ("schedules a second, three-order outbox (median of the right solutions)", "in process", "isolated")
    ]
    plain = [path.read_text(encoding="utf-8") for path in RIGHT]
    dicey = [DRAWS_IDS + source.replace("key=", "headers={'by': f'{ME}'}, key=") for source in plain]
    bare, isolated = _rate(grade, plain), _rate(referee.grade, plain)
    rows.append(("as they are", f"{bare:,.0f}", f"{isolated:,.0f}"))
    rows.append(("drawing ids", f"{_rate(grade, dicey):,.0f}", f"{_rate(referee.grade, dicey):,.0f}"))
    referee.close()
    text = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of {ROUNDS} rounds; "
        f"{referee.confinement}.\n\n{_table(rows)}\n\n{_parts()}\n"
    )
    print(text)
    RESULTS.write_text(text, encoding="utf-8")
    if isolated < RATE_MIN:
        raise SystemExit(f"{isolated:,.0f} schedules a second; {RATE_MIN} were asked for.")


def _rate(grade_one: Callable[[str, str], Verdict], sources: list[str]) -> float:
    """Schedules a second, shrinking and start included."""
    grade_one("08.2", sources[0])  # the first one also starts what is kept
    rates = []
    for _ in range(ROUNDS):
        for source in sources:
            verdict = grade_one("08.2", source)
            assert verdict.result == "PASS", verdict.text()
            rates.append(verdict.explorations[0].schedules / verdict.seconds)
    return median(rates)


def _parts() -> str:
    """What the parts take."""
    start = perf_counter()
    nursery = Nursery()
    started = perf_counter() - start
    planted = _each(lambda: FarProgram(nursery, TRIVIAL, "<here>").close(), 20)
    program = FarProgram(nursery, TRIVIAL, "<here>")

    def live() -> None:
        program.load()
        program.unload()

    lived = _each(live, 100)
    answer = program.load().module.answer
    called = _each(answer, 2_000)
    nursery.close()
    return (
        f"The first process, confined: {started * 1e3:.0f} ms, once. A submission: {planted * 1e3:.1f} ms. "
        f"An instance, from its start to its end: {lived * 1e3:.1f} ms. A call: {called * 1e6:.0f} µs."
    )


def _each(do: Callable[[], object], times: int) -> float:
    start = perf_counter()
    for _ in range(times):
        do()
    return (perf_counter() - start) / times


def _table(rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|---|---:|---:|", *lines[1:]])


if __name__ == "__main__":
    main()
