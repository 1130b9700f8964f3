"""`grader.break_it(…)`: the learner writes the schedule that breaks a given program. The shortest wins.

    %%exercise 08.1
    def lost():
        return "crash shop publish 1 before"

The program that is to be broken stands in the lesson's folder, `victims/08_1.py`, and in the
exercise's text. The explorer knows how many faults are enough.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.explore import Scenario, explore, tell
from sandbox.explore.scenario import Run
from sandbox.explore.space import Space
from sandbox.faults import Plan
from sandbox.grading.submission import FILENAME, NotAttempted, Submission

READS, STRIKES = "the schedule can be read", "every fault strikes"
FAULTS_MOST = 12  # of a schedule


class Survived(Exception):
    """The schedule doesn't do what it should. The text says why."""

    def __init__(self, story: str, invariant: str) -> None:
        super().__init__(story)
        self.invariant = invariant


@dataclass(frozen=True)
class Strike:
    """What a learner's schedule has done to the program."""

    function: str  # which the schedule is from
    scenario: Scenario
    source: str  # of the program
    run: Run
    least: int | None  # faults that are enough; `None` where it was not broken

    @property
    def broken(self) -> bool:
        """Has it done what it should?"""
        return self.least is not None

    @property
    def ending(self) -> str:
        """What came of it, in the customer's words."""
        return self.run.anomaly.story if self.run.anomaly else "All is well in the end."

    @property
    def score(self) -> str:
        """How short the schedule is."""
        count = len(self.run.plan.faults)
        faults = f"{count} fault{'s' * (count > 1)}"
        if count <= self.least:
            return f"{self.function}() breaks it with {faults}. No schedule is shorter."
        return f"{self.function}() breaks it with {faults}. It can be done with {self.least}: try?"


def breaking(function: str, scenario: Scenario, invariant: str, victim: Path) -> Callable[[Submission], None]:
    """The attack for one function of the cell: its schedule has to break `invariant`."""

    @cache
    def least(source: str) -> int:
        """How many faults are enough, as the explorer finds them."""
        only = [check for check in scenario.checks if check.invariant == invariant]
        return len(explore(replace(scenario, checks=only), source).plan.faults)

    def run(submission: Submission) -> None:
        source = victim.read_text(encoding="utf-8")
        plan = _plan(getattr(submission, function)(), function, scenario, source)
        done = _tell(scenario, source, plan)
        steps = _steps(done)
        if missed := done.steps.missed:
            raise Survived(
                f"{missed[0]} never struck: there is no such step. The steps are: {steps}.", STRIKES
            )
        hit = done.anomaly is not None and done.anomaly.invariant == invariant
        enough = least(source) if hit else None
        submission.strikes.append(Strike(function, scenario, source, done, enough))
        if not hit:
            raise Survived(_survived(function, done, invariant), breaks(invariant))

    return run


def breaks(invariant: str) -> str:
    """What is asked of a schedule, as the name of an invariant of the exercise."""
    return f"it breaks “{invariant}”"


def _plan(text: object, function: str, scenario: Scenario, source: str) -> Plan:
    if not isinstance(text, str):
        raise Survived(f"{function}() returns {text!r}; a schedule is text, one fault a line.", READS)
    try:
        plan = Plan.parse(text)
    except UsageError as error:
        raise Survived(str(error), READS) from None
    if not plan.faults:
        steps = _steps(_tell(scenario, source, plan))
        raise NotAttempted(f"{function}() has no fault yet. The steps that one can strike are: {steps}.")
    if len(plan.faults) > FAULTS_MOST:
        raise Survived(f"{len(plan.faults)} faults are no story any more: {FAULTS_MOST} at most.", READS)
    space = Space(scenario.faults)
    for fault in plan.faults:
        if not space.kinds_of(fault):
            raise Survived(f"{fault} is not in play here. What may strike: {', '.join(space.kinds)}.", READS)
    return plan


def _tell(scenario: Scenario, source: str, plan: Plan) -> Run:
    try:
        return tell(scenario, source, plan, scenario.events, FILENAME.format("victim")).run
    except UsageError as error:  # it can't be told in this place
        raise NotAttempted(str(error)) from error


def _steps(done: Run) -> str:
    return ", ".join(dict.fromkeys(f"{step.actor} {step.action} {step.number}" for step in done.steps.log))


def _survived(function: str, done: Run, invariant: str) -> str:
    if done.anomaly is None:
        return f"The schedule of {function}() strikes, and the program survives it: nobody sees a difference."
    return (
        f"The schedule of {function}() breaks “{done.anomaly.invariant}” ({done.anomaly.story}); "
        f"what is asked for is “{invariant}”."
    )
