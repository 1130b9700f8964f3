"""Which faults strike a step: those that were planned, by rule, or by chance."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random

from sandbox.errors import NotSupportedHere, UsageError
from sandbox.faults import HOW, Fault
from sandbox.messages import Event

STEPS_OF = {  # at which steps a word can strike
    "crash": ("publish", "poll", "handle", "commit"),
    "duplicate": ("publish", "handle", "commit"),
    "delay": ("publish",),
    "drop": ("publish",),
    "split": ("publish", "poll", "handle", "commit"),
    "heal": ("publish", "poll", "handle", "commit"),
    "skew": ("publish",),
    "fail": ("publish", "poll", "commit"),
}
DUPLICATES = {"publish": ("at-once", "late"), "handle": ("second-consumer",), "commit": ("suffix",)}
FAILURES = ("request", "response")  # a message that comes late is a delay
RANDOM_WORDS = ("crash", "duplicate", "delay", "fail")
DELAYS_MS = (10, 100, 1_000, 60_000)
When = Callable[[Event], bool]


@dataclass
class Rule:
    """A fault that waits for an event: the next `left` times that `when` says so."""

    word: str
    how: str
    action: str
    when: When
    actor: str | None
    left: int

    def strikes(self, actor: str, action: str, event: object) -> bool:
        """Is this the step that it waits for?"""
        here = self.left and action == self.action and self.actor in (None, actor)
        return bool(here and event is not None and self.when(event))


class Strikes:
    """Counts the steps of every actor, and knows what strikes which."""

    def __init__(self, seed: int, why_not: dict[str, str], delay_max_ms: int) -> None:
        self.struck: list[Fault] = []
        self.rules: list[Rule] = []
        self.rate, self.words = 0.0, RANDOM_WORDS
        self._seed = seed
        self._why_not = why_not  # word, or word and how: the reason
        self._delay_max_ms = delay_max_ms  # by chance
        self._planned: dict[tuple[str, str, int], list[Fault]] = {}
        self._soon: dict[str, list[tuple[str, str, str]]] = {}  # by actor: word, action or none, how
        self._count: Counter[tuple[str, str]] = Counter()

    @cached_property
    def random(self) -> Random:
        """For faults by chance. Made when it is needed: most buses live and end without them."""
        return Random(self._seed)

    def plan(self, fault: Fault) -> None:
        """Have `fault` strike at its step. Raises `UsageError` where that is over."""
        self.check(fault.word, fault.action, fault.how)
        done = self._count[fault.actor, fault.action]
        if fault.number <= done:
            raise UsageError(f"{fault} is too late: {fault.actor} has done {fault.action} {done} times.")
        self._planned.setdefault((fault.actor, fault.action, fault.number), []).append(fault)

    def at_next_step(self, word: str, actor: str, action: str, how: str) -> None:
        """Have `word` strike the actor's next `action`; without one, any step that it can strike."""
        self.check(word, action or STEPS_OF.get(word, ("publish",))[0], how)
        self._soon.setdefault(actor, []).append((word, action, how))

    def at(self, actor: str, action: str, event: object) -> list[Fault]:
        """What strikes this step, in the order in which it was asked for; the step is counted."""
        self._count[actor, action] += 1
        number = self._count[actor, action]
        found = self._planned.pop((actor, action, number), [])
        for waits in list(self._soon.get(actor, ())):
            word, wanted, how = waits
            if action in ((wanted,) if wanted else STEPS_OF[word]):
                self._soon[actor].remove(waits)
                found.append(Fault(word, actor, action, number, how or self._usual(word, action)))
        for rule in self.rules:
            if rule.strikes(actor, action, event):
                rule.left -= 1
                found.append(Fault(rule.word, actor, action, number, rule.how))
        if self.rate and self.random.random() < self.rate:
            found += self._by_chance(actor, action, number)
        self.struck += found
        return found

    @staticmethod
    def _usual(word: str, action: str) -> str:
        return DUPLICATES[action][0] if word == "duplicate" else ""

    def _by_chance(self, actor: str, action: str, number: int) -> list[Fault]:
        words = [word for word in self.words if action in STEPS_OF[word]]
        if not words:
            return []
        word = self.random.choice(words)
        if word == "delay":
            how = f"{min(self.random.choice(DELAYS_MS), self._delay_max_ms)}ms"
        elif word == "skew":
            how = f"{self.random.choice(DELAYS_MS)}ms"
        elif word == "duplicate":
            how = self.random.choice(DUPLICATES[action])
        else:
            how = self.random.choice(FAILURES if word == "fail" else HOW[word] or ("",))
        return [Fault(word, actor, action, number, how)]

    def check(self, word: str, action: str, how: str) -> None:
        """Raises `UsageError` for what can't be, `NotSupportedHere` for what this broker can't do."""
        if word not in STEPS_OF:
            raise UsageError(f"no fault is called {word!r}; there are: {', '.join(STEPS_OF)}.")
        if action not in STEPS_OF[word]:
            raise UsageError(f"{word} strikes {' or '.join(STEPS_OF[word])}, not {action!r}.")
        if word == "duplicate" and how and how not in DUPLICATES[action]:
            raise UsageError(f"a duplicate at {action} comes {' or '.join(DUPLICATES[action])}, not {how!r}.")
        if word == "fail" and how and how not in FAILURES:
            raise UsageError(f"a call to a bus fails by its {' or its '.join(FAILURES)}, not {how!r}.")
        for what in (word, f"{word} {how}"):
            if what in self._why_not:
                raise NotSupportedHere(f"this broker can't be told to {what}: {self._why_not[what]}")
