"""What was done to a run, as text: the seed, the faults at their steps, the deeds at their beats.

    seed 0; crash email handle 3 before; beat 12 join email; beat 20 redrive loyalty

The part before the first `beat` is a plan of `sandbox.faults`, and replays as that, too.
"""

import shlex
from dataclasses import dataclass, field, replace

from sandbox.errors import UsageError
from sandbox.faults import Fault, Plan

DEEDS = {  # word: what it takes
    "join": "a group, as in 'beat 12 join email'",
    "pause": "a partition, as in 'beat 3 pause orders[1]'",
    "resume": "a partition, as in 'beat 9 resume orders[1]'",
    "redrive": "a reader of dead letters, as in 'beat 20 redrive loyalty'",
    "gateway": "what gets lost, as in 'beat 4 gateway response'",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done between two beats, and is no fault of a step."""

    beat: int
    word: str
    target: str

    def __post_init__(self) -> None:
        if self.word not in DEEDS:
            raise UsageError(f"no deed is called {self.word!r}; there are: {', '.join(DEEDS)}.")
        if not self.target:
            raise UsageError(f"{self.word} takes {DEEDS[self.word]}.")
        if self.beat < 1:
            raise UsageError(f"beats are counted from 1, so nothing is done at beat {self.beat}.")

    def __str__(self) -> str:
        return shlex.join(["beat", str(self.beat), self.word, self.target])

    @classmethod
    def parse(cls, text: str) -> "Deed":
        """The deed that prints as `text`. Raises `UsageError` where none does."""
        words = shlex.split(text)
        if len(words) != 4 or words[0] != "beat" or not words[1].isdigit():
            raise UsageError(
                f"{text!r} is no deed. Write: beat NUMBER word target, as in 'beat 12 join email'."
            )
        return cls(int(words[1]), words[2], words[3])


@dataclass(frozen=True, slots=True)
class Script:
    """A plan of faults, and deeds. Prints as text, and reads back."""

    plan: Plan = field(default_factory=Plan)
    deeds: tuple[Deed, ...] = ()

    def __str__(self) -> str:
        return "; ".join([str(self.plan), *map(str, self.deeds)])

    __repr__ = __str__

    @classmethod
    def parse(cls, text: str) -> "Script":
        """The script that prints as `text`; one part a line will do as well."""
        parts = [part.strip() for line in text.splitlines() for part in line.split(";") if part.strip()]
        deeds = [part for part in parts if part.split()[0] == "beat"]
        plan = Plan.parse("; ".join(part for part in parts if part not in deeds))
        return cls(plan, tuple(sorted(map(Deed.parse, deeds), key=lambda deed: deed.beat)))

    def with_deed(self, deed: Deed) -> "Script":
        """The same, with one deed more."""
        return replace(self, deeds=tuple(sorted([*self.deeds, deed], key=lambda deed: deed.beat)))

    def with_faults(self, faults: tuple[Fault, ...]) -> "Script":
        """The same deeds, with these faults."""
        return replace(self, plan=Plan(self.plan.seed, faults))
