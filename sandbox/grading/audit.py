"""The graders are graded: every kept solution, right or wrong, gets the verdict that it deserves.

A right one passes. A wrong one fails by the invariant that its first line names. Each may
be graded many times, and the verdict never flips. (The tests see to the untouched stubs.)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sandbox.course import lesson_folders
from sandbox.grading.cells import source_for
from sandbox.grading.grade import grade
from sandbox.grading.grader import Grader, graders_of
from sandbox.grading.verdict import Verdict
from sandbox.views.timeline import drawn_steps

BREAKS = "# breaks: "


@dataclass(frozen=True)
class Entry:
    """One solution, what it deserves and what it got."""

    exercise: str
    name: str  # right/deleted_rows, wrong/marked_first, solution
    deserves: str  # PASS, or FAIL by an invariant
    verdicts: tuple[Verdict, ...]

    @property
    def got(self) -> str:
        """The verdicts, in words: one, if they are all the same."""
        return " and ".join(dict.fromkeys(_words(verdict) for verdict in self.verdicts))

    @property
    def as_deserved(self) -> bool:
        """Is it what it deserves, every time?"""
        return self.got == self.deserves

    @property
    def seconds(self) -> float:
        """The median time of a verdict."""
        return median(verdict.seconds for verdict in self.verdicts)

    @property
    def steps(self) -> int | None:
        """How many steps of the counterexample are drawn, where there is one."""
        found = self.verdicts[0].counterexample
        return len(drawn_steps(found.trace)) if found else None

    def __str__(self) -> str:
        sign = "✓" if self.as_deserved else "✕"
        steps = f"{self.steps:>3} steps" if self.steps is not None else ""
        shown = self.got if self.as_deserved else f"{self.got}, and deserves {self.deserves}"
        return f"{sign} {self.exercise}  {self.name:<40} {self.seconds:6.2f} s {steps:>9}  {shown}"


def audit(exercises: set[str] | None = None, times: int = 1) -> Iterator[Entry]:
    """Grade every kept solution of the exercises (of all, where none are named), `times` times."""
    for folder in lesson_folders():
        if not (folder / "grader.py").is_file():
            continue
        for exercise, grader in sorted(graders_of(folder).items()):
            if exercises and exercise not in exercises:
                continue
            for name, deserves, source in _solutions(folder, grader):
                verdicts = tuple(grade(exercise, source) for _ in range(times))
                yield Entry(exercise, name, deserves, verdicts)


def _solutions(folder: Path, grader: Grader) -> Iterator[tuple[str, str, str]]:
    """Name, what it deserves, and source of each solution."""
    number = grader.exercise.replace(".", "_")
    notebook = folder.parents[1] / "solutions" / f"{folder.name}.ipynb"
    yield "solution", "PASS", source_for(grader.exercise, notebook)
    for path in sorted(folder.glob(f"right/{number}_*.py")):
        yield f"right/{path.stem.removeprefix(number + '_')}", "PASS", path.read_text(encoding="utf-8")
    for path in sorted(folder.glob(f"wrong/{number}_*.py")):
        source = path.read_text(encoding="utf-8")
        invariant = source.partition("\n")[0].removeprefix(BREAKS)
        yield f"wrong/{path.stem.removeprefix(number + '_')}", f"FAIL by {invariant}", source


def _words(verdict: Verdict) -> str:
    return f"FAIL by {verdict.invariant}" if verdict.result == "FAIL" else verdict.result


def summary(entries: list[Entry]) -> str:
    """All of it in a few lines: how many, how fast, how long the counterexamples are."""
    wrong = [entry for entry in entries if not entry.as_deserved]
    times = sorted(entry.seconds for entry in entries)
    steps = sorted(entry.steps for entry in entries if entry.steps is not None)
    lines = [
        f"{len(entries) - len(wrong)} of {len(entries)} verdicts as deserved, "
        f"over {len({entry.exercise for entry in entries})} exercises.",
        f"Verdicts: median {median(times):.2f} s, p95 {times[int(len(times) * 0.95) - 1]:.2f} s, "
        f"slowest {times[-1]:.2f} s.",
    ]
    if steps:
        lines.append(f"Counterexamples: median {median(steps):g} steps, longest {steps[-1]}.")
    return "\n".join(lines)
