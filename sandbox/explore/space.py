"""Which faults can strike which step: the space that is explored.

A scenario names its kinds of fault, as wide or as narrow as it likes: `crash`, `fail`,
`fail charge`, `fail charge response`, `rebalance any evict`. Two schedules that no
submission could tell apart are one: a crash before a step is the crash after the step
before it, and a crash after a step that leaves nothing behind (a read, or a write that is
not committed) is the crash before it.
"""

from collections.abc import Iterable
from functools import lru_cache

from sandbox.errors import UsageError
from sandbox.explore.steps import Seen, Steps
from sandbox.faults import HOW, Fault

WAYS = {  # of each word, by action: the ways that are tried
    "split": dict.fromkeys(("publish", "poll", "commit", "join"), ("",)),
    "skew": {"now": ("-3600000ms", "3600000ms")},
    "duplicate": {"publish": ("at-once", "late"), "commit": ("suffix",)},
    "delay": {"publish": ("1000ms",)},
    "drop": {"publish": ("",)},
    "fail": dict.fromkeys(("publish", "commit", "charge", "refund"), ("request", "response")),
}
ON_REQUEST = {  # only where a scenario names the action
    "fail": {"poll": ("request",), "join": ("request",), "begin": ("request",)},
}
NO_ANSWER = ("request", "response")  # any other call that a scenario names
ENDS_ITS_STEP = ("crash", "fail")  # nothing else strikes a step after these


class Space:
    """The faults of some kinds."""

    def __init__(self, kinds: Iterable[str]) -> None:
        """Raises `UsageError` for a kind that doesn't exist."""
        self.kinds = tuple(sorted(kinds))
        self._kinds = [_parsed(kind) for kind in self.kinds]
        self._at: dict[Seen, list[Fault]] = {}

    def at(self, step: Seen) -> list[Fault]:
        """What can strike this step, in the order in which it would happen."""
        found = self._at.get(step)
        if found is None:
            found = self._at[step] = [fault for fault in self._possible(step) if self.kinds_of(fault)]
        return found

    def after(self, steps: Steps) -> list[Fault]:
        """Every fault that could strike the run of `steps` after those that have struck it."""
        log, last = steps.log, steps.struck_at
        found: list[Fault] = []
        if last >= 0 and steps.struck[-1].word not in ENDS_ITS_STEP:
            here = self.at(log[last])
            found += here[here.index(steps.struck[-1]) + 1 :]
        for step in log[last + 1 :]:
            found += self.at(step)
        return found

    def kinds_of(self, fault: Fault) -> list[str]:
        """The kinds that the fault belongs to."""
        return [
            name
            for name, (word, action, how) in zip(self.kinds, self._kinds, strict=True)
            if fault.word == word and action in ("", fault.action) and how in ("", fault.how)
        ]

    def _possible(self, step: Seen) -> Iterable[Fault]:
        actor, action, number = step.actor, step.action, step.number
        for other in step.others:
            yield fault_of("switch", actor, action, number, other)
        if step.reads:
            for how in HOW["rebalance"]:
                yield fault_of("rebalance", actor, action, number, how)
        if step.first:
            yield fault_of("crash", actor, action, number, "before")
        ways = [(word, how) for word in WAYS for how in self._ways(word, action)]
        for word, how in sorted(ways, key=lambda way: way[1] in ("response", "late")):
            yield fault_of(word, actor, action, number, how)
        if not step.quiet:
            yield fault_of("crash", actor, action, number, "after")

    def _ways(self, word: str, action: str) -> tuple[str, ...]:
        named = [how for kind, where, how in self._kinds if kind == word and where == action]
        ways = WAYS[word].get(action) or ()
        if named and not ways:
            ways = ON_REQUEST.get(word, {}).get(action) or (NO_ANSWER if word == "fail" else ())
        return (*ways, "late") if "late" in named and "late" not in ways else ways


@lru_cache(maxsize=100_000)
def fault_of(word: str, actor: str, action: str, number: int, how: str) -> Fault:
    """The same fault, made once."""
    return Fault(word, actor, action, number, how)


def _parsed(kind: str) -> tuple[str, str, str]:
    word, action, how = [*kind.replace(" any ", "  ").split(" "), "", "", ""][:3]
    if word not in HOW or len(kind.split()) > 3:
        raise UsageError(f"{kind!r} is no kind of fault. Write a word ({', '.join(HOW)}), an action, a way.")
    return word, action, how
