"""The explorer: schedules a second, and how long a learner waits. `python -m benchmarks.explorer`.

Beside it a Hypothesis state machine over the same world, story and checks: it draws which
orders come and which steps are struck, and knows nothing of the steps that there are.
"""

from pathlib import Path
from statistics import median
from time import perf_counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from sandbox.explore import explore
from sandbox.explore.program import Program
from sandbox.explore.scenario import run
from sandbox.faults import Fault, Plan
from sandbox.grading import audit
from sandbox.grading.grader import find_grader
from sandbox.messages import isolated_types

LESSON = Path(__file__).resolve().parents[1] / "lessons" / "08_outbox"
RIGHT = LESSON / "right" / "08_2_deleted_rows.py"
WRONG = LESSON / "wrong" / "08_2_marked_first.py"
ROUNDS = 5
EXAMPLES = 300


def main() -> None:
    """Measure, and print."""
    scenario = find_grader("08.2").scenarios[0]
    source = RIGHT.read_text(encoding="utf-8")
    ours, theirs = [], []
    for _ in range(ROUNDS):  # in turn, so that a busy moment strikes both
        found = explore(scenario, source)
        ours.append(found.schedules / found.seconds)
        theirs.append(EXAMPLES / state_machine(scenario, source))
    print(f"The outbox with three orders, {found.schedules} schedules; medians of {ROUNDS} rounds in turn.")
    print(f"  explorer                   {median(ours):>7,.0f} schedules a second")
    print(f"  Hypothesis state machine   {median(theirs):>7,.0f} runs a second")
    print(f"  the explorer finds {WRONG.stem} after {first_failure(scenario)} schedules")
    print(f"  the state machine finds it after {state_machine_finds(scenario)} runs")
    entries = list(audit.audit())
    print(audit.summary(entries))
    for exercise in sorted({entry.exercise for entry in entries}):
        seconds = sorted(entry.seconds for entry in entries if entry.exercise == exercise)
        print(f"  {exercise}: median {median(seconds):.2f} s, slowest {seconds[-1]:.2f} s")


def first_failure(scenario: object) -> int:
    """How many schedules the explorer needs to find a bug."""
    return explore(scenario, WRONG.read_text(encoding="utf-8")).schedules


def machine_for(scenario: object, source: str, counted: list[int]) -> type[RuleBasedStateMachine]:
    """A state machine over the same world."""
    program = Program(source)
    faults = st.builds(
        Fault,
        st.just("crash"),
        st.sampled_from(["shop", "relay"]),
        st.sampled_from(["execute", "publish", "transaction"]),
        st.integers(1, 6),
        st.sampled_from(["before", "after"]),
    )

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.orders: list = []
            self.faults: list = []

        @rule()
        def order(self) -> None:
            if len(self.orders) < len(scenario.events):
                self.orders.append(scenario.events[len(self.orders)])

        @rule(fault=faults)
        def strike(self, fault: Fault) -> None:
            if len(self.faults) < 2 and fault not in self.faults:
                self.faults.append(fault)

        def teardown(self) -> None:
            counted[0] += 1
            done = run(scenario, program, Plan(0, tuple(self.faults)), tuple(self.orders))
            assert done.anomaly is None, done.anomaly

    return Machine


def state_machine(scenario: object, source: str) -> float:
    """Seconds for so many examples on a right solution."""
    limits = settings(
        max_examples=EXAMPLES,
        stateful_step_count=6,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    start = perf_counter()
    with isolated_types():
        run_state_machine_as_test(machine_for(scenario, source, [0]), settings=limits)
    return perf_counter() - start


def state_machine_finds(scenario: object) -> int | str:
    """How many runs it takes to a bug, its shrinking included."""
    counted = [0]
    limits = settings(
        max_examples=5_000,
        stateful_step_count=6,
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        with isolated_types():
            run_state_machine_as_test(
                machine_for(scenario, WRONG.read_text(encoding="utf-8"), counted), settings=limits
            )
    except AssertionError:
        return counted[0]
    return f"none of {counted[0]:,}"


if __name__ == "__main__":
    main()
