"""Every schedule, the ones with fewer faults first.

A run under a plan shows the steps that it took, those of its recovery included. What can
strike after the plan's last fault gives the plans with one fault more. So each schedule is
tried once, and a second fault strikes only where the first one has led.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from sandbox.explore.scenario import Run
from sandbox.explore.space import Space
from sandbox.faults import Fault, Plan

Try = Callable[[Plan], Run]


@dataclass(frozen=True)
class Reach:
    """How far to look exhaustively."""

    depth: int = 2  # faults at once
    switches: int = 2  # of these alone, at once: every interleaving with so many preemptions
    schedules: int = 6_000  # at most; of what is more, a seeded sample is tried


@dataclass
class Level:
    """The schedules with so many faults: how many there are, and how many were tried."""

    faults: int
    of: int
    tried: int = 0


def search(try_one: Try, space: Space, reach: Reach, levels: list[Level], seed: int = 0) -> Iterator[Run]:
    """Try them one after the other; `levels` gets an account of it."""
    plans, left = [Plan(seed)], reach.schedules
    for faults in range(max(reach.depth, reach.switches) + 1):
        level = Level(faults, len(plans))
        levels.append(level)
        deeper: list[Plan] = []
        for plan in _sample(plans, left, seed=faults):
            done = try_one(plan)
            level.tried += 1
            yield done
            deeper += [Plan(plan.seed, (*plan.faults, fault)) for fault in _next(done, space, reach)]
        left -= level.tried
        plans = deeper
        if not plans:
            return


def _next(done: Run, space: Space, reach: Reach) -> list[Fault]:
    """What may strike in addition."""
    if done.left_out:
        return []
    count, only_switches = len(done.plan.faults), all(f.word == "switch" for f in done.plan.faults)
    if count < reach.depth:
        return space.after(done.steps)
    if count < reach.switches and only_switches:
        return [fault for fault in space.after(done.steps) if fault.word == "switch"]
    return []


def _sample(plans: list[Plan], most: int, seed: int) -> list[Plan]:
    if len(plans) <= most:
        return plans
    chosen = Random(seed).sample(range(len(plans)), max(most, 0))
    return [plans[i] for i in sorted(chosen)]
