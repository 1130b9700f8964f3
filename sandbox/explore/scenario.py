"""A scenario: the world of an exercise, its story, what may strike it, and how it is judged.

OUTBOX = Scenario(
    world=lambda seed: World(bus=SimulatedBus(seed), db=MemoryDatabase(SCHEMA)),
    story=place_three_orders,                     # story(world, events)
    events=("A-1", "A-2", "A-3"),
    faults={"crash", "fail publish"},
    checks=[no_lost_message(decided, said), no_ghost_message(decided, said)],
)
explore(OUTBOX, source)
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sandbox.explore.answers import RunOver
from sandbox.explore.lanes import NotToldHere
from sandbox.explore.limits import TimeUp, deadline
from sandbox.explore.program import Program
from sandbox.explore.steps import Chance, Steps
from sandbox.explore.told import length_of_story
from sandbox.explore.world import World
from sandbox.faults import Plan
from sandbox.trace import Trace

HANG_SECONDS = 1.0  # without a step, in one run
ENDLESS_SHOWN = 20  # steps of a story without an end
TERMINATION = "termination"
BOUNDED_MEMORY = "bounded memory"
NO_FAULT = "it works where nothing goes wrong"


class Check(Protocol):
    """An invariant: called with the world as it is in the end, it says what is wrong, or `None`."""

    invariant: str

    def __call__(self, world: World) -> str | None: ...


@dataclass(frozen=True)
class Scenario:
    """What is attacked, with what, and what must hold.

    `story` calls the submission, once for each of the `events` as a rule, so that a
    failing story can be told with fewer of them. `faults` are kinds, as in `Space`.

    Where no fault has struck, a request may end with no error but one that leaves open
    whether it was done (a story may have a gateway give no answer). Where a refusal is a
    good answer, have the story's call catch it.
    """

    world: Callable[[int], World]
    story: Callable[[World, Sequence], object]
    checks: Sequence[Check]
    faults: frozenset[str] | set[str]
    events: Sequence = ()


@dataclass(frozen=True)
class Anomaly:
    """An invariant that was broken, and what somebody would see of it."""

    invariant: str
    story: str


@dataclass(frozen=True)
class Run:
    """One schedule, tried."""

    plan: Plan  # with what has really struck
    steps: Steps
    trace: Trace
    anomaly: Anomaly | None
    untold: str = ""  # why it says nothing
    left_out: bool = False  # it can't be told here, where nobody is interrupted (`lanes`)


def run(
    scenario: Scenario,
    program: Program,
    plan: Plan,
    events: Sequence | None = None,
    chance: Chance | None = None,
    watch: Callable[[World], None] | None = None,
) -> Run:
    """Tell the story once, under `plan`, and judge what came of it; `watch` looks on, before each step.

    Raises `NotImplementedError` where the submission does.
    """
    world, steps = scenario.world(plan.seed), Steps(plan, chance)
    world.begin(program, steps)
    world.watch = watch
    tracing = sys.gettrace()
    try:
        with deadline(HANG_SECONDS, program.is_ours, lambda: len(steps.log)):
            try:
                scenario.story(world, scenario.events if events is None else events)
                world.settle()
            except (RunOver, NotToldHere):
                pass
    except TimeUp:
        world.endless = f"your code has done nothing for {HANG_SECONDS:g} s, and has not come back."
    try:
        anomaly = None if world.untold or world.lanes.left_out else judge(scenario, world)
        if watch:
            watch(world)
    finally:
        world.close()
        program.unload()
        if sys.gettrace() is not tracing:  # a dead process that caught everything was stopped by it
            sys.settrace(tracing)
    struck = Plan(plan.seed, tuple(steps.struck))
    trace = world.trace.first(_told(world)) if anomaly else world.trace
    return Run(struck, steps, trace, anomaly, world.untold, world.lanes.left_out)


def _told(world: World) -> int:
    """How many entries of its trace tell the story."""
    if world.endless:
        return min(len(world.trace), ENDLESS_SHOWN)
    return length_of_story(world.trace.entries, world.settled_from, world.told_until)


def judge(scenario: Scenario, world: World) -> Anomaly | None:
    """The first invariant that does not hold."""
    if world.endless:
        return Anomaly(TERMINATION, world.endless)
    greedy = next((process for process, error in world.raised if isinstance(error, MemoryError)), None)
    if greedy:
        return Anomaly(BOUNDED_MEMORY, f"{greedy} wanted more than a gigabyte of memory.")
    if world.raised and not world.steps.struck:
        return _failed(*world.raised[0])
    for check in scenario.checks:
        story = check(world)
        if story is not None:
            return Anomaly(check.invariant, story)
    refused = next((answer for answer in world.answers if answer.status == "failed"), None)
    if refused and not world.steps.struck:
        return _failed(refused.process, refused.value)
    return None


def _failed(process: str, error: BaseException) -> Anomaly:
    return Anomaly(NO_FAULT, f"{process} raised {type(error).__name__}: {error}")
