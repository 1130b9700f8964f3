"""One schedule, told again slowly: after each step, what stands in the databases."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.errors import UsageError
from sandbox.explore.exploration import NOT_HERE
from sandbox.explore.program import Program
from sandbox.explore.scenario import Run, Scenario, run
from sandbox.explore.world import World
from sandbox.faults import Plan
from sandbox.messages import isolated_types
from sandbox.ports import Row

Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Story:
    """A run, and its databases as they were after the first `n` entries of its trace."""

    run: Run
    moments: list[tuple[int, Tables]]

    def tables_after(self, count: int) -> Tables:
        """What stood in the databases after `count` entries of the trace."""
        return next((tables for length, tables in self.moments if length >= count), self.moments[-1][1])


def tell(scenario: Scenario, source: str, plan: Plan, events: Sequence, filename: str) -> Story:
    """Tell the story of `events` under `plan`, with somebody who looks on."""
    moments: list[tuple[int, Tables]] = []

    def look(world: World) -> None:
        found = {name: rows for db in world.databases for name, rows in db.tables().items()}
        moments.append((len(world.trace), found))

    with isolated_types():
        done = run(scenario, Program(source, filename), plan, events, watch=look)
    if done.left_out:
        raise UsageError(NOT_HERE)
    return Story(done, moments)
