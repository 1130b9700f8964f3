"""A fault as data: what strikes, at which step, and how. A plan is a list of them.

A plan prints as text, reads back, and replays exactly:

    >>> print(Plan.parse("seed 7; crash billing commit 2 before; fail till publish 1 response"))
    seed 7; crash billing commit 2 before; fail till publish 1 response
"""

import shlex
from dataclasses import dataclass

from sandbox.errors import UsageError

HOW = {  # the ways of each word; the first one is meant where none is said
    "crash": ("before", "after"),  # memory is lost, before or after the step
    "duplicate": ("at-once", "late", "suffix", "second-consumer"),
    "delay": "ms",  # readers see it so much later
    "drop": (),  # acknowledged, and lost all the same
    "split": (),  # from this step on, this actor and the broker don't hear each other
    "heal": (),  # the end of a split
    "skew": "ms",  # from this step on, this actor's clock is off
    "fail": ("request", "response", "late"),  # the request is lost, or the response, or it comes late
    "rebalance": ("evict", "join"),  # the group goes on without this consumer, or with one more
    "switch": "actor",  # before this step, that actor runs on
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`word` strikes the `number`-th time (from 1) that `actor` does `action`.

    An action is a call on a port (`publish`, `poll`, `commit`, `execute`, …), or `handle`.
    `how` is one of the word's ways, or milliseconds where it takes those.
    """

    word: str
    actor: str
    action: str
    number: int
    how: str = ""

    def __post_init__(self) -> None:
        if self.word not in HOW:
            raise UsageError(f"no fault is called {self.word!r}; there are: {', '.join(HOW)}.")
        if not isinstance(self.number, int) or self.number < 1:
            raise UsageError(f"steps are counted from 1, so {self.word} can't strike step {self.number!r}.")
        ways = HOW[self.word]
        if ways == "ms":
            if not _is_ms(self.how):
                raise UsageError(f"{self.word} takes milliseconds, as in '500ms', not {self.how!r}.")
        elif ways == "actor":
            if not self.how:
                raise UsageError(f"{self.word} takes an actor, as in 'switch till execute 2 till-2'.")
        elif not self.how and ways:
            object.__setattr__(self, "how", ways[0])
        elif self.how and self.how not in ways:
            takes = f"is one of: {', '.join(ways)}" if ways else "has no ways"
            raise UsageError(f"{self.word} {takes}; not {self.how!r}.")

    @property
    def ms(self) -> int:
        """Of a delay or a skew: how much, in milliseconds."""
        return int(self.how.removesuffix("ms"))

    def __str__(self) -> str:
        words = [self.word, self.actor, self.action, str(self.number), self.how]
        return shlex.join(word for word in words if word)

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """The fault that prints as `text`. Raises `UsageError` where none does."""
        words = shlex.split(text)
        if not 4 <= len(words) <= 5 or not words[3].isdigit():
            raise UsageError(
                f"{text!r} is no fault. Write: word actor action number how, "
                "as in 'crash billing commit 2 before'."
            )
        return cls(words[0], words[1], words[2], int(words[3]), *words[4:])


@dataclass(frozen=True, slots=True)
class Plan:
    """A seed for all that is left to chance, and the faults that strike."""

    seed: int = 0
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        return "; ".join([f"seed {self.seed}", *map(str, self.faults)])

    __repr__ = __str__

    @classmethod
    def parse(cls, text: str) -> "Plan":
        """The plan that prints as `text`; one fault a line will do as well.

        Raises `UsageError` with the part that can't be read.
        """
        parts = [part.strip() for line in text.splitlines() for part in line.split(";") if part.strip()]
        seed = 0
        if parts and parts[0].split()[0] == "seed":
            number = parts.pop(0).removeprefix("seed").strip()
            try:
                seed = int(number)
            except ValueError:
                raise UsageError(f"a seed is a whole number, not {number!r}.") from None
        return cls(seed, tuple(Fault.parse(part) for part in parts))


def _is_ms(text: str) -> bool:
    number = text.removesuffix("ms").lstrip("+-")
    return text.endswith("ms") and number.isascii() and number.isdigit()
