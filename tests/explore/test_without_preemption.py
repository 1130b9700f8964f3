"""Where nobody can be interrupted (in the browser), verdicts say what was left out."""

import time
from dataclasses import replace

import pytest

from sandbox.errors import UsageError
from sandbox.explore import explore, lanes, loops, tell
from sandbox.explore.limits import TimeUp
from sandbox.faults import Plan
from sandbox.grading import find_grader, grade
from tests.explore.test_solutions import FILES, scenario_of


@pytest.fixture
def no_greenlets(monkeypatch):
    monkeypatch.setattr(lanes, "greenlet", None)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_crashes_and_lost_answers_are_judged_as_ever(no_greenlets, path):
    source = path.read_text(encoding="utf-8")
    shown = explore(scenario_of(path), source)
    if path.stem.startswith("right_"):
        assert shown.verdict == "PASS", shown
    else:
        assert (shown.verdict, shown.invariant) == (
            "FAIL",
            source.splitlines()[0].removeprefix("# breaks: "),
        )


def right_of(exercise):
    folder = find_grader(exercise).folder
    return min(folder.glob(f"right/{exercise.replace('.', '_')}_*.py")).read_text(encoding="utf-8")


def test_a_pass_says_which_kind_of_fault_was_not_tried(no_greenlets):
    verdict = grade("04.2", right_of("04.2"))
    assert verdict.result == "PASS"
    assert "Left out: the kind of fault “switch”." in verdict.text()
    assert "on your own machine or on Binder" in verdict.text()


def test_with_greenlets_nothing_is_left_out():
    assert "Left out" not in grade("04.2", right_of("04.2")).text()


def test_what_is_only_about_interruptions_gets_no_verdict(no_greenlets):
    scenario = next(s for s in find_grader("04.2").scenarios if "switch" in s.faults)
    shown = explore(replace(scenario, faults={"switch"}), right_of("04.2"))
    assert shown.verdict == "UNKNOWN"
    assert "This is about who interrupts whom" in shown.why


def test_a_schedule_with_an_interruption_is_not_told(no_greenlets):
    scenario = next(s for s in find_grader("04.2").scenarios if "switch" in s.faults)
    run = tell(scenario, right_of("04.2"), Plan(), scenario.events, "<test>").run
    step = next(step for step in run.steps.log if step.action == "execute")
    plan = Plan.parse(f"seed 0; switch {step.actor} {step.action} {step.number} somebody")
    with pytest.raises(UsageError, match="who interrupts whom"):
        tell(scenario, right_of("04.2"), plan, scenario.events, "<test>")


def test_who_has_to_wait_for_the_one_that_waits_for_it_is_left_out():
    one = lanes.OneByOne()

    def outer():
        one.run({"twin": lambda: one.wait_until(lambda: False, "books")})

    with pytest.raises(lanes.NotToldHere):
        one.run({"books": outer})
    assert one.left_out


def test_schedules_that_are_left_out_are_counted(no_greenlets):
    found = grade("03.3", right_of("03.3"), seconds=30)
    (first, *_) = found.explorations
    assert found.result == "PASS"
    if first.left_out:
        assert f"Left out: {first.left_out:,} schedules in which one waits for another" in found.text()


@pytest.mark.skipif(not hasattr(__import__("sys"), "monitoring"), reason="sys.monitoring: Python 3.12")
@pytest.mark.parametrize("loop", ["while True: pass", "for _ in iter(int, 1): pass"])
def test_without_timers_a_loop_ends_all_the_same(loop):
    code = compile(loop, "<endless>", "exec")
    start = time.perf_counter()
    with pytest.raises(TimeUp), loops.deadline(0.05, lambda code: code.co_filename == "<endless>", TimeUp):
        exec(code)
    assert time.perf_counter() - start < 5
