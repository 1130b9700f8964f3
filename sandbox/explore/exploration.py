"""What an exploration has shown: PASS, FAIL or UNKNOWN, and the space that was explored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.explore.scenario import Run, Scenario
from sandbox.explore.search import Level
from sandbox.explore.told import told
from sandbox.faults import Plan
from sandbox.trace import Trace

NAMES = ("without a fault", "single faults", "pairs of faults", "triples of faults")
ELSEWHERE = (
    "Here, without the package greenlet, nobody can be interrupted at work: "
    "for the whole verdict run it on your own machine or on Binder."
)
NOT_HERE = f"This is about who interrupts whom. {ELSEWHERE}"


@dataclass(frozen=True)
class Exploration:
    """Shows itself as text: the verdict, the story, the plan that replays it, the space."""

    verdict: Literal["PASS", "FAIL", "UNKNOWN"]
    levels: Sequence[Level]
    by_chance: int  # schedules with faults by chance
    run: Run | None = None  # the smallest that fails
    events: Sequence = ()  # those of its story
    scenario: Scenario | None = None
    why: str = ""  # UNKNOWN: why
    seconds: float = 0.0
    left_out: int = 0  # schedules that can't be told here (`lanes`)
    kinds_left_out: tuple[str, ...] = ()  # and whole kinds of fault

    @property
    def schedules(self) -> int:
        """How many were tried, those for shrinking left out."""
        return sum(level.tried for level in self.levels) + self.by_chance - self.left_out

    @property
    def survived(self) -> int:
        """How many of them the submission has survived."""
        return self.schedules - (self.verdict == "FAIL")

    @property
    def invariant(self) -> str:
        """The one that was broken, or nothing."""
        return self.run.anomaly.invariant if self.run else ""

    @property
    def story(self) -> str:
        """What somebody would see of it, or nothing."""
        return self.run.anomaly.story if self.run else ""

    @property
    def plan(self) -> Plan | None:
        """The smallest plan that breaks it."""
        return self.run.plan if self.run else None

    @property
    def trace(self) -> Trace | None:
        """What happens under that plan, as it is told."""
        return told(self.run.trace) if self.run else None

    @property
    def space(self) -> str:
        """What was tried, in words: `1 without a fault, all 24 single faults, …`."""
        parts = [_in_words(level) for level in self.levels if level.of]
        if self.by_chance:
            parts.append(f"{self.by_chance} with faults by chance")
        if self.left_out:
            parts.append(f"{self.left_out:,} of them left out")
        return ", ".join(parts)

    @property
    def gap(self) -> str:
        """What a whole verdict would have tried as well, or nothing."""
        parts = [f"the kind of fault “{kind}”" for kind in self.kinds_left_out]
        if self.left_out:
            parts.append(f"{self.left_out:,} schedules in which one waits for another")
        return f"Left out: {' and '.join(parts)}. {ELSEWHERE}" if parts else ""

    @property
    def progress(self) -> str:
        """What was tried, for somebody who waits for the end."""
        return f"{self.schedules:,} schedules tried in {self.seconds:.1f} s ({self.space})"

    def __repr__(self) -> str:
        if self.verdict == "UNKNOWN":
            return f"UNKNOWN  {self.why}"
        count = f"survived {self.survived:,} of {self.schedules:,} schedules ({self.space})"
        if self.verdict == "PASS":
            return f"PASS  {count}{self.gap and '. ' + self.gap}"
        return (
            f"FAIL  {self.invariant}: {self.story}\n{self.trace}\nPlan: {self.plan}\nBefore that it {count}"
        )


def _in_words(level: Level) -> str:
    name = NAMES[level.faults] if level.faults < len(NAMES) else f"with {level.faults} faults"
    if level.faults == 0:
        return f"{level.of} {name}"
    how_many = f"all {level.of:,}" if level.tried == level.of else f"{level.tried:,} of {level.of:,}"
    return f"{how_many} {name}"
