"""The explorer: a submission is told its story under every schedule; the smallest failure comes out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from sandbox.explore.exploration import NOT_HERE, Exploration
from sandbox.explore.lanes import preemption
from sandbox.explore.limits import seldom_collected
from sandbox.explore.program import Program, StartAgain
from sandbox.explore.scenario import TERMINATION, Run, Scenario, run
from sandbox.explore.search import Level, Reach, search
from sandbox.explore.shrink import smallest
from sandbox.explore.space import Space
from sandbox.explore.steps import Chance
from sandbox.faults import Plan
from sandbox.messages import isolated_types

FAULTS_BY_CHANCE, FAULTS_MOST = 3, 6  # that strike such a run: about, and at most
SWITCH = "switch"
SAY_FIRST_SECONDS, SAY_EVERY_SECONDS = 2.0, 0.5  # how it goes on, where it takes long


@dataclass(frozen=True)
class Budget:
    """How much is tried. All but `seconds` is the same on every machine, and so is the verdict."""

    reach: Reach = field(default_factory=Reach)
    by_chance: int = 100  # schedules beyond the reach, with seeds from 1
    seconds: float = 20.0


class OutOfTime(Exception):
    """The budget's seconds have passed."""


def explore(
    scenario: Scenario,
    source: str,
    budget: Budget | None = None,
    filename: str = "<submission>",
    say: Callable[[str], None] | None = None,
    program: Callable[[str, str], Program] = Program,
) -> Exploration:
    """Attack the submission, the text of a module; `filename` is the one that tracebacks name.

    `say` is told what has been tried so far, where it takes long. An interrupt ends it early.
    `program` makes a program of source and filename, and so decides where it runs.

    PASS: it has survived everything. FAIL: the smallest schedule that it has not survived.
    UNKNOWN: it can't be run, it isn't written yet, it never met a kind of fault that it
    should survive, or the time was up.
    """
    with isolated_types(), seldom_collected():
        while True:
            try:
                return _Explorer(scenario, budget or Budget(), say).explore(lambda: program(source, filename))
            except StartAgain:
                continue


class _Explorer:
    """One exploration, while it lasts."""

    def __init__(self, scenario: Scenario, budget: Budget, say: Callable[[str], None] | None) -> None:
        self._scenario = scenario
        self._budget = budget
        here = {kind for kind in scenario.faults if preemption() or kind.split()[0] != SWITCH}
        self._space = Space(here)
        self._kinds_left_out = tuple(sorted(scenario.faults - here))
        self._left_out = 0  # schedules
        self._levels: list[Level] = []
        self._by_chance = 0
        self._met: set[str] = set()  # the kinds of fault that had something to strike
        self._steps = 0  # of the run without a fault
        self._say = say
        self._start = perf_counter()
        self._say_at = self._start + SAY_FIRST_SECONDS

    def explore(self, make: Callable[[], Program]) -> Exploration:
        if self._kinds_left_out and not self._space.kinds:
            return self._end("UNKNOWN", why=NOT_HERE)
        try:
            self._program = make()
            self._program.load()
        except (Exception, SystemExit) as error:
            return self._end("UNKNOWN", why=f"Your code can't be loaded: {type(error).__name__}: {error}.")
        try:
            for done in self._runs():
                if done.untold:
                    return self._end("UNKNOWN", why=done.untold)
                if done.anomaly:
                    least, events = self._smallest(done)
                    return self._end("FAIL", run=least, events=events)
                if not self._steps:
                    return self._end("UNKNOWN", why="Your code touches nothing.")
        except NotImplementedError as error:
            return self._end("UNKNOWN", why=str(error) or "Your code is not written yet.")
        except OutOfTime:
            return self._end(
                "UNKNOWN", why=f"Not done after {self._budget.seconds:g} s: {self._end('PASS')}."
            )
        except KeyboardInterrupt:
            return self._end("UNKNOWN", why=f"Interrupted: {self._end('PASS')}.")
        if unmet := [kind for kind in self._space.kinds if kind not in self._met]:
            return self._end("UNKNOWN", why=f"Your code does nothing that could meet: {', '.join(unmet)}.")
        return self._end("PASS")

    def _smallest(self, failing: Run) -> tuple[Run, Sequence]:
        """The smallest run like it; what takes a second or more to fail is shown as it was found."""
        if failing.anomaly.invariant == TERMINATION:
            return failing, self._scenario.events
        try:
            return smallest(self._tell, self._space, failing, self._scenario.events)
        except OutOfTime:
            return failing, self._scenario.events

    def _runs(self) -> Iterator[Run]:
        for done in search(self._tell, self._space, self._budget.reach, self._levels):
            self._steps = self._steps or len(done.steps.log)
            if done.left_out:
                self._left_out += 1
                continue
            self._met.update(kind for fault in done.plan.faults for kind in self._space.kinds_of(fault))
            yield done
        if not self._space.kinds:  # nothing can strike, by chance neither
            return
        rate = min(1.0, FAULTS_BY_CHANCE / self._steps)
        for seed in range(1, self._budget.by_chance + 1):
            self._by_chance += 1
            done = self._tell(Plan(seed), chance=Chance(seed, rate, FAULTS_MOST, self._space.at))
            self._left_out += done.left_out
            yield done

    def _tell(self, plan: Plan, events: Sequence | None = None, chance: Chance | None = None) -> Run:
        now = perf_counter()
        if now - self._start > self._budget.seconds:
            raise OutOfTime
        if self._say and now > self._say_at:
            self._say_at = now + SAY_EVERY_SECONDS
            self._say(self._end("PASS").progress)
        return run(self._scenario, self._program, plan, events, chance)

    def _end(self, verdict: str, **shown: object) -> Exploration:
        seconds = perf_counter() - self._start
        return Exploration(
            verdict,
            self._levels,
            self._by_chance,
            scenario=self._scenario,
            seconds=seconds,
            left_out=self._left_out,
            kinds_left_out=self._kinds_left_out,
            **shown,
        )
