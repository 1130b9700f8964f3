"""A grader: the attacks on one exercise, written in the lesson's `grader.py`.

grader = Grader("01.2", "Build the envelope", hints=("…", "…", "…"))

@grader.attack("ids are unique", misconception="A new id for every retry.")
def two_orders(submission):
    if submission.seal(...) == ...:
        raise Finding("A-2 was taken for a repeat of A-1 and thrown away")

Where crashes, duplicates and the like are to be survived, the attack is a scenario of
`sandbox.explore`: `grader.explore(SCENARIO, misconceptions={"no lost message": "…"})`. Where
the learner is to write the schedule: `grader.break_it("lost", SCENARIO, "no lost message")`.
"""

import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from sandbox.course import lesson_folder
from sandbox.errors import UsageError
from sandbox.explore import NO_FAULT, TERMINATION, Exploration, Scenario, explore
from sandbox.grading.breaking import READS, STRIKES, breaking, breaks
from sandbox.grading.submission import NotAttempted, Submission
from sandbox.messages import isolated_types


class Finding(Exception):
    """An attack got through. The text says what the customer would see, with the values."""

    def __init__(self, story: str, invariant: str = "", misconception: str = "") -> None:
        super().__init__(story)
        self.invariant = invariant  # empty: the attack's
        self.misconception = misconception  # empty: the attack's


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to break a submission: the invariant it aims at, and how it is done."""

    invariant: str
    misconception: str  # the belief that usually lies behind a failure
    run: Callable[[Submission], Exploration | None]
    invariants: tuple[str, ...]  # all that it may find broken


class Grader:
    """The attacks on one exercise, in their order, and its ladder of hints."""

    def __init__(self, exercise: str, title: str, hints: Sequence[str], *, repair: bool = False) -> None:
        self.repair = repair  # its stub is a program with a mistake, which fails as it comes
        self.exercise = exercise
        self.title = title
        self.hints = tuple(hints)
        self.attacks: list[Attack] = []
        self.scenarios: list[Scenario] = []  # of those attacks that are explored
        self.wants_schedules = False  # is it the learner who attacks?

    def attack(self, invariant: str, misconception: str = "") -> Callable:
        """Add the decorated function as an attack; it raises `Finding` where it gets through."""

        def add(run: Callable[[Submission], None]) -> Callable[[Submission], None]:
            self.attacks.append(Attack(invariant, misconception, run, (invariant,)))
            return run

        return add

    def explore(self, scenario: Scenario, misconceptions: Mapping[str, str]) -> None:
        """Add every schedule of `scenario` as an attack; `misconceptions` are by invariant.

        Raises `UsageError` for an invariant that the scenario doesn't check.
        """
        invariants = tuple(dict.fromkeys(check.invariant for check in scenario.checks))
        if unknown := set(misconceptions) - {*invariants, TERMINATION, NO_FAULT}:
            raise UsageError(f"{self.exercise} checks no {', '.join(unknown)}; it checks {invariants}.")

        def run(submission: Submission) -> Exploration:
            found = explore(
                scenario,
                submission.source,
                submission.budget,
                filename=submission.filename,
                say=submission.say,
                program=submission.program,
            )
            submission.explorations.append(found)
            submission.calls += found.schedules
            if found.verdict == "UNKNOWN":
                raise NotAttempted(found.why)
            if found.verdict == "FAIL":
                raise Finding(found.story, found.invariant, misconceptions.get(found.invariant, ""))
            return found

        self.scenarios.append(scenario)
        self.attacks.append(Attack("", "", run, invariants))

    def break_it(self, function: str, scenario: Scenario, invariant: str) -> None:
        """Have the cell's `function` return a schedule under which the victim breaks `invariant`.

        The victim is `victims/NN_N.py` in the lesson's folder. Raises `UsageError` for an
        invariant that the scenario doesn't check.
        """
        if invariant not in (known := [check.invariant for check in scenario.checks]):
            raise UsageError(f"{self.exercise} checks no {invariant}; it checks {known}.")
        self.wants_schedules = True
        run = breaking(function, scenario, invariant, self.folder / "victims" / f"{self.number}.py")
        self.attacks.append(Attack(breaks(invariant), "", run, (READS, STRIKES, breaks(invariant))))

    @property
    def number(self) -> str:
        """The exercise as it stands in file names: `01_2`."""
        return self.exercise.replace(".", "_")

    @property
    def folder(self) -> Path:
        """The lesson's folder."""
        return lesson_folder(self.exercise.split(".")[0])

    def other_solutions(self) -> list[Path]:
        """Correct solutions of other styles, kept in the lesson's `right/`."""
        return sorted(self.folder.glob(f"right/{self.number}_*.py"))


def find_grader(exercise: str) -> Grader:
    """The grader of `exercise` ("01.2"). Raises `UsageError`, with the known ones."""
    number, _, rest = exercise.partition(".")
    if not (number.isdigit() and rest.isdigit()):
        raise UsageError(f"{exercise!r} names no exercise: write its number, as in 01.2.")
    graders = graders_of(lesson_folder(number.zfill(2)))
    wanted = f"{number.zfill(2)}.{rest}"
    if wanted not in graders:
        raise UsageError(
            f"there is no exercise {exercise!r}; lesson {number} has: {', '.join(sorted(graders)) or 'none'}."
        )
    return graders[wanted]


def graders_of(lesson: Path) -> dict[str, Grader]:
    """The graders of a lesson's folder, by exercise. Raises `UsageError` where it has none."""
    found = vars(_load(lesson / "grader.py")).values()
    return {grader.exercise: grader for grader in found if isinstance(grader, Grader)}


@cache
def _load(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"lesson {path.parent.name} has no exercises.")
    spec = importlib.util.spec_from_file_location(f"grader_{path.parent.name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # dataclasses and pickle look their module up
    with isolated_types():  # a grader's OrderPlaced must not replace the learner's
        spec.loader.exec_module(module)
    return module
