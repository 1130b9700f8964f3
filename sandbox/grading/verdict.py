"""The verdict on a submission: PASS, FAIL or UNKNOWN, with what was tried and what it showed."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.explore import Exploration
from sandbox.grading.breaking import Strike
from sandbox.grading.grader import Grader
from sandbox.views import Figure, timeline

SIGN = {"PASS": "✓", "FAIL": "✕", "UNKNOWN": "?"}


@dataclass
class Verdict:
    """What a learner is told. Shows itself as a card in a notebook, as text elsewhere."""

    grader: Grader
    result: Literal["PASS", "FAIL", "UNKNOWN"]
    invariant: str = ""
    story: str = ""
    misconception: str = ""
    survived: int = 0  # attacks
    calls: int = 0
    seconds: float = 0.0
    explorations: list[Exploration] = field(default_factory=list)  # of the attacks that are scenarios
    strikes: list[Strike] = field(default_factory=list)  # of the learner's schedules, on a victim
    confinement: str = ""  # of the submission's processes, in words; empty where it ran in this one

    @property
    def headline(self) -> str:
        """The result, the exercise and its title, in one line."""
        return f"{SIGN[self.result]} {self.result}  {self.grader.exercise} {self.grader.title}"

    @property
    def space(self) -> str:
        """What was tried: `survived 5 of 7 attacks (213 calls of your code)`, or `412 of 412 schedules`."""
        if self.explorations:
            return "survived " + " and ".join(
                f"{found.survived:,} of {found.schedules:,} schedules ({found.space})"
                for found in self.explorations
            )
        calls = f"{self.calls} call{'' if self.calls == 1 else 's'} of your code"
        return f"survived {self.survived} of {len(self.grader.attacks)} attacks ({calls})"

    @property
    def counterexample(self) -> Exploration | None:
        """What has found the failure, where schedules were tried: with its plan, events and trace."""
        found = self.explorations[-1] if self.explorations else None
        return found if found and found.verdict == "FAIL" else None

    @property
    def replay(self) -> str:
        """What to run to see the failure again, step by step; empty where there is no schedule."""
        plan = self.counterexample.plan if self.counterexample else None
        if self.strikes:
            plan = self.strikes[-1].run.plan
        return f'sandbox.replay("{plan}")' if plan else ""

    def figures(self) -> list[Figure]:
        """The stories as pictures: how the code fails, or what the learner's schedules have done."""
        exercise, found = self.grader.exercise, self.counterexample
        drawn = [timeline(found.trace, f"How {exercise} fails", found.story, fatal=True)] if found else []
        return drawn + [
            timeline(done.run.trace, f"{exercise}: {done.function}()", done.ending, fatal=done.broken)
            for done in self.strikes
        ]

    def sentences(self) -> list[str]:
        """The facts below the headline, one a line."""
        if self.strikes and self.result == "PASS":
            return [sentence for done in self.strikes for sentence in (done.score, done.ending)]
        if self.result == "PASS":
            gaps = dict.fromkeys(found.gap for found in self.explorations if found.gap)
            return [f"Your code {self.space}.", *gaps]
        if self.result == "UNKNOWN":
            return [self.story, "No verdict yet."]
        lines = [f"{'Not yet' if self.grader.wants_schedules else 'Broken'}: {self.invariant}.", self.story]
        if self.misconception:
            lines.append(f"Often behind it: {self.misconception}")
        return lines

    def text(self, hints: int = 1) -> str:
        """Everything as text, with the first `hints` hints."""
        lines = [self.headline, *("  " + line for line in self.sentences())]
        for figure in self.figures():
            lines += ["", *("  " + line for line in figure.text.splitlines()), ""]
        if self.replay:
            lines.append(f"  Again, step by step: {self.replay}")
        if self.result == "FAIL" and not self.grader.wants_schedules:
            lines.append(f"  It {self.space}.")
        if self.result != "PASS":
            all_hints = self.grader.hints
            lines += [f"  Hint {n + 1} of {len(all_hints)}: {h}" for n, h in enumerate(all_hints[:hints])]
        if self.confinement:
            lines.append(f"  Isolated: {self.confinement}.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from sandbox.grading.card import card  # which knows verdicts, and is drawn only in notebooks

        return {"text/plain": self.text(), "text/html": card(self)}
