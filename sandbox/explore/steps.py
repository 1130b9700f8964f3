"""Steps: every call on a port is one, numbered by actor and action.

`shop publish 2` is the second time that `shop` publishes. A plan names its steps so, and
the log of a run is the list of all steps that were taken: from it the explorer learns what
else can strike.
"""

from collections.abc import Callable
from random import Random

import msgspec

from sandbox.faults import Fault, Plan


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A step as it was taken, and what matters for the faults that can strike it.

    A struct: a run makes one for each step, and a named tuple takes ten times as long.
    """

    actor: str
    action: str
    number: int
    quiet: bool = False  # it leaves nothing behind: a crash after it is a crash before it
    first: bool = False  # of its process: nothing was done before it
    reads: bool = False  # its process has an open consumer
    others: tuple[str, ...] = ()  # who could run on instead


class Chance:
    """Faults by chance: at each step, with the probability `rate`, one of those that can strike it.

    After `most` faults there are no more: whatever comes to rest in the end, does so then.
    """

    def __init__(self, seed: int, rate: float, most: int, faults_at: Callable[[Seen], list[Fault]]) -> None:
        self._random = Random(seed)
        self._rate = rate
        self._left = most
        self._faults_at = faults_at

    def at(self, step: Seen) -> list[Fault]:
        """What strikes this step: nothing, or one fault."""
        if not self._left or self._random.random() >= self._rate:
            return []
        possible = self._faults_at(step)
        self._left -= bool(possible)
        return [self._random.choice(possible)] if possible else []


class Steps:
    """Counts the steps of one run, and says what strikes them."""

    def __init__(self, plan: Plan, chance: Chance | None = None) -> None:
        self.log: list[Seen] = []
        self.struck: list[Fault] = []
        self.struck_at = -1  # where in the log the last fault struck
        self._chance = chance
        self._count: dict[tuple[str, str], int] = {}
        self._planned: dict[tuple[str, str, int], list[Fault]] = {}
        for fault in plan.faults:
            self._planned.setdefault((fault.actor, fault.action, fault.number), []).append(fault)

    @property
    def missed(self) -> list[Fault]:
        """The faults of the plan whose step never came."""
        return [fault for faults in self._planned.values() for fault in faults]

    def take(
        self,
        actor: str,
        action: str,
        quiet: bool = False,
        first: bool = False,
        reads: bool = False,
        others: tuple[str, ...] = (),
    ) -> list[Fault]:
        """Note a step that is about to be taken; what strikes it, mostly nothing."""
        who = actor, action
        number = self._count.get(who, 0) + 1
        self._count[who] = number
        step = Seen(actor, action, number, quiet, first, reads, others)
        self.log.append(step)
        found: list[Fault] = []
        if self._planned:
            found = self._planned.pop((actor, action, number), found)
        if self._chance:
            found = found + self._chance.at(step)
        if found:
            self.struck += found
            self.struck_at = len(self.log) - 1
        return found
