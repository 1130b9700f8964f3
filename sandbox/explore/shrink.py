"""Shrinking: the same failure with the fewest faults, then the fewest events, then the fewest steps.

Among schedules of one size the search is exhaustive, so what comes out is a smallest one,
and not only one that nothing can be taken away from.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice

from sandbox.explore.scenario import Run
from sandbox.explore.search import Reach, search
from sandbox.explore.space import Space
from sandbox.faults import Plan

SCHEDULES_MAX = 2_000  # that are tried for it
PAIRS = 2  # with more faults than that, the same ones are tried on fewer events
Tell = Callable[[Plan, Sequence], Run]


def smallest(tell: Tell, space: Space, failing: Run, events: Sequence) -> tuple[Run, Sequence]:
    """The smallest run that breaks the invariant that `failing` breaks, and its events."""
    least = _with_fewest_faults(tell, failing, events)
    left = SCHEDULES_MAX
    for fewer in _subsets(events):
        runs = list(islice(_like(least, tell, space, fewer), left))
        left -= len(runs)
        if same := [run for run in runs if _is_same(run, failing)]:
            return min(same, key=lambda run: len(run.trace)), fewer
    return least, events


def _with_fewest_faults(tell: Tell, failing: Run, events: Sequence) -> Run:
    for faults in _subsets(failing.plan.faults):
        run = tell(Plan(failing.plan.seed, tuple(faults)), events)
        if _is_same(run, failing):
            return run
    return failing


def _like(least: Run, tell: Tell, space: Space, events: Sequence) -> Iterator[Run]:
    """Every run of these events with as many faults."""
    count = len(least.plan.faults)
    only_switches = count > 0 and all(fault.word == "switch" for fault in least.plan.faults)
    if count > PAIRS and not only_switches:
        yield tell(least.plan, events)
        return
    reach = Reach(0, count) if only_switches else Reach(count, 0)
    yield from search(lambda plan: tell(plan, events), space, reach, [], least.plan.seed)


def _subsets(things: Sequence) -> Iterator[Sequence]:
    """The small ones first, all of them last; the empty one only where there is nothing else."""
    for size in range(min(1, len(things)), len(things) + 1):
        yield from combinations(things, size)


def _is_same(run: Run, failing: Run) -> bool:
    return run.anomaly is not None and run.anomaly.invariant == failing.anomaly.invariant
