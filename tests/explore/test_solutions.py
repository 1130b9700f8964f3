"""Right solutions pass, and plausible wrong ones fail by the invariant that their first line names."""

from pathlib import Path

import pytest

from sandbox.explore import explore, tell
from sandbox.faults import Plan
from sandbox.grading.grader import find_grader
from tests.explore.outbox import OUTBOX

SCENARIOS = {"outbox": OUTBOX}
FILES = sorted(Path(__file__).parent.glob("solutions/*/*.py"))


def scenario_of(path):
    return SCENARIOS[path.parent.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_solution_gets_what_it_deserves(path):
    source = path.read_text(encoding="utf-8")
    shown = explore(scenario_of(path), source)
    if path.stem.startswith("right_"):
        assert shown.verdict == "PASS", shown
    else:
        named = source.splitlines()[0].removeprefix("# breaks: ")
        assert (shown.verdict, shown.invariant) == ("FAIL", named), shown


def test_two_evictions_of_one_process_leave_two_others_that_both_end_their_turn():
    """The second one once took the place of the first, which was waiting for the database."""
    lesson = Path(__file__).resolve().parents[2] / "lessons" / "02_the_log"
    source = (lesson / "right" / "02_4_step_by_step.py").read_text(encoding="utf-8")
    scenario = next(s for s in find_grader("02.4").scenarios if "rebalance any evict" in s.faults)
    plan = Plan.parse("seed 5; rebalance books execute 2 evict; rebalance books execute 3 evict")
    told = tell(scenario, source, plan, scenario.events, "<test>").run
    assert told.anomaly is None
    assert {step.actor for step in told.steps.log} == {"books", "books-2", "books-3"}
