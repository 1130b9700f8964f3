"""The history of one run: what each actor did, and what came from what.

A trace says nothing of the clock. It keeps what a broker guarantees: the order in which
one actor did things, and that a record is published before it is read. From these two a
step gets its `turn`, which is Lamport's logical clock (Lamport 1978): one more than the
latest step it follows. Two runs that differ only in what is not guaranteed have the same
turns, and so the same picture and the same text.

Turns and words are made when somebody looks, so that a run pays little for being watched.
A long run keeps its latest steps only, and says how many it has dropped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from sandbox.errors import UsageError

KEPT_STEPS = 100_000  # of which one takes about 100 bytes
FOLLOW = "follow"  # no step, but an order between those of two actors
SHOWN_STEPS = 2_000  # of the text: more than that nobody reads


class Raw(msgspec.Struct, frozen=True, gc=False):
    """A step as it is kept: a struct, so that a long trace costs the garbage collector nothing."""

    actor: str
    action: str
    topic: str  # or the whole place, where there is no partition
    partition: int | None
    offset: int
    label: object = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one actor did. `place` is a record's `orders[1]@0`, or empty."""

    turn: int
    actor: str
    action: str  # publish, handle, poll, commit, crash, …
    place: str = ""
    label: str = ""  # what was published, in words

    def __str__(self) -> str:
        return f"{self.turn:>3}  {self.actor:<12} {self.action:<8} {self.place} {self.label}".rstrip()


class Trace:
    """The steps of a run, and their `turn`s. Its repr is the picture's text twin.

    `keep` is how many of the latest steps it keeps, at least. Raises `UsageError` below 1.
    """

    def __init__(self, keep: int = KEPT_STEPS) -> None:
        if keep < 1:
            raise UsageError(f"a trace keeps one step or more, not {keep}.")
        self.keep = keep
        self.dropped = 0  # the oldest steps, which are gone
        self._raw: list[Raw] = []
        self.add = self._raw.append  # for a loop, which then has to call `trim`
        self._most = 2 * keep  # trimmed to `keep` there, so that a step costs no more than this
        self._actors: dict[str, None] = {}  # in the order of their appearance
        self._seen = 0  # how many of the raw steps `actors` knows

    def record(self, actor: str, action: str, place: str = "", label: str = "") -> None:
        """Add a step that `actor` took; a step on a record follows its publication."""
        self.step(Raw(actor, action, place, None, 0, label))

    def watch(self, look: Callable[[Raw], None]) -> None:
        """From now on `look` is called with each entry, as soon as it is in the trace."""
        add = self.add

        def add_and_look(raw: Raw) -> None:
            add(raw)
            look(raw)

        self.add = add_and_look

    @property
    def entries(self) -> list[Raw]:
        """What is kept, in the order in which it came; the orders between actors included."""
        return list(self._raw)

    def first(self, count: int) -> "Trace":
        """A trace of the first `count` steps that are kept."""
        found = Trace(self.keep)
        found._raw += self._raw[:count]
        return found

    def entries_of(self, count: int) -> int:
        """How many of its entries make the first `count` steps, the orders between them included."""
        if count <= 0:
            return 0
        steps = (i for i, raw in enumerate(self._raw) if raw.action != FOLLOW and raw.actor)
        return next((i + 1 for n, i in enumerate(steps, start=1) if n == count), len(self._raw))

    def follow(self, actor: str, earlier: str) -> None:
        """What `actor` does from now on comes after all that `earlier` has done: it took its place."""
        if actor != earlier:
            self.step(Raw(actor, FOLLOW, earlier, None, 0))

    def step(self, raw: Raw) -> None:
        """Add a step as it is kept; a record as its label gives its own `content`."""
        self.add(raw)
        if len(self._raw) >= self._most:
            self.trim()

    def add_actor(self, actor: str) -> None:
        """Give `actor` its row, in the order of the calls, before it does anything."""
        self._note_actors()
        self._actors.setdefault(actor)

    @property
    def actors(self) -> list[str]:
        """Everyone who took part, in the order of their appearance."""
        self._note_actors()
        return list(self._actors)

    @property
    def steps(self) -> list[Step]:
        """The steps that are kept, sorted by turn; those of one turn in the order of `actors`."""
        last_turn: dict[str, int] = {}  # of each actor
        published: dict[str, int] = {}  # the turn at which a place was written
        found = []
        for raw in self._raw:
            actor, action, place, label = raw.actor, raw.action, _place(raw), raw.label
            if action == FOLLOW:
                last_turn[actor] = max(last_turn.get(actor, 0), last_turn.get(place, 0))
                continue
            turn = max(last_turn.get(actor, 0), published.get(place, 0)) + 1
            last_turn[actor] = turn
            if action == "publish":
                published[place] = turn
            found.append(Step(turn, actor, action, place, label if isinstance(label, str) else label.content))
        row = {actor: i for i, actor in enumerate(self.actors)}
        return sorted(found, key=lambda step: (step.turn, row[step.actor]))

    @property
    def note(self) -> str:
        """What a reader has to know of steps that are gone; empty where none are."""
        if not self.dropped:
            return ""
        return (
            f"The first {self.dropped:,} steps were dropped: "
            f"this trace keeps the latest {self.keep:,} (Trace.keep)."
        )

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self._raw)

    def __repr__(self) -> str:
        steps = self.steps
        if not steps:
            return "Nothing has happened yet."
        lines = [str(step) for step in steps[:SHOWN_STEPS]]
        if len(steps) > SHOWN_STEPS:
            lines.append(f"… and {len(steps) - SHOWN_STEPS:,} more steps (bus.trace.steps has them).")
        return "\n".join(([self.note] if self.dropped else []) + lines)

    def trim(self) -> None:
        """Drop the oldest steps, where there are many more than are to be kept."""
        gone = len(self._raw) - self.keep
        if gone < self.keep:
            return
        self._note_actors()
        del self._raw[:gone]
        self.dropped += gone
        self._seen = len(self._raw)

    def _note_actors(self) -> None:
        for i in range(self._seen, len(self._raw)):
            self._actors.setdefault(self._raw[i].actor)
        self._seen = len(self._raw)


def _place(raw: Raw) -> str:
    return raw.topic if raw.partition is None else f"{raw.topic}[{raw.partition}]@{raw.offset}"
