"""The history of one run: what each actor did, and what came from what.

A trace says nothing of the clock. It keeps what a broker guarantees: the order in which
one actor did things, and that a record is published before it is read. From these two a
step gets its `turn`, which is Lamport's logical clock (Lamport 1978): one more than the
latest step it follows. Two runs that differ only in what is not guaranteed have the same
turns, and so the same picture and the same text.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one actor did. `place` is a record's `orders[1]@0`, or empty."""

    turn: int
    actor: str
    action: str  # publish, handle, poll, commit, crash
    place: str = ""
    label: str = ""  # what was published, in words

    def __str__(self) -> str:
        return f"{self.turn:>3}  {self.actor:<12} {self.action:<8} {self.place} {self.label}".rstrip()


class Trace:
    """The steps of a run, and their `turn`s. Its repr is the picture's text twin."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._last_turn: dict[str, int] = {}  # of each actor
        self._published: dict[str, int] = {}  # the turn at which a place was written

    def record(self, actor: str, action: str, place: str = "", label: str = "") -> None:
        """Add a step that `actor` took; a step on a record follows its publication."""
        turn = max(self._last_turn.get(actor, 0), self._published.get(place, 0)) + 1
        self._last_turn[actor] = turn
        if action == "publish":
            self._published[place] = turn
        self._steps.append(Step(turn, actor, action, place, label))

    def add_actor(self, actor: str) -> None:
        """Give `actor` its row, in the order of the calls, before it does anything."""
        self._last_turn.setdefault(actor, 0)

    @property
    def actors(self) -> list[str]:
        """Everyone who took part, in the order of their appearance."""
        return list(self._last_turn)

    @property
    def steps(self) -> list[Step]:
        """All steps, sorted by turn; those of one turn in the order of `actors`."""
        row = {actor: i for i, actor in enumerate(self._last_turn)}
        return sorted(self._steps, key=lambda step: (step.turn, row[step.actor]))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self._steps)

    def __repr__(self) -> str:
        if not self._steps:
            return "Nothing has happened yet."
        return "\n".join(str(step) for step in self.steps)
