"""The graders are graded: correct solutions pass, wrong ones fail, for the reason that they name."""

import re
from pathlib import Path
from statistics import median

import pytest

from sandbox.course import lesson_folders
from sandbox.grading import Grader, Verdict, grade
from sandbox.grading.grader import graders_of
from sandbox.views.timeline import drawn_steps
from tests.verdicts import graded
from tools.lessons.source import Cell, read

BREAKS = "# breaks: "
SCHEDULES_MAX, CALLS_MAX = 2_000, 5_000  # of a verdict: about a second


def _graders() -> list[Grader]:
    with_exercises = [folder for folder in lesson_folders() if (folder / "grader.py").is_file()]
    return [grader for folder in with_exercises for grader in graders_of(folder).values()]


def _files(kind: str) -> list:
    return [
        pytest.param(grader, path, id=path.stem)
        for grader in _graders()
        for path in sorted(grader.folder.glob(f"{kind}/{grader.exercise.replace('.', '_')}_*.py"))
    ]


def _cell(grader: Grader) -> Cell:
    found = [c for c in read(grader.folder / "exercises.py") if c.exercise == grader.exercise]
    assert len(found) == 1, f"exercises.py has {len(found)} cells for {grader.exercise}"
    return found[0]


def _source(cell: Cell) -> str:
    mark, _, source = cell.source.partition("\n")
    assert mark.startswith("%%exercise ")
    return source


def _first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0]


every_exercise = pytest.mark.parametrize("grader", _graders(), ids=lambda grader: grader.exercise)


def _outcome(verdict: Verdict) -> tuple:
    return verdict.result, verdict.invariant, verdict.survived, verdict.calls


def _verdict(grader: Grader, path: Path) -> Verdict:
    return graded(grader.exercise, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("grader", "path"), _files("right"))
def test_a_correct_solution_passes(grader, path):
    verdict = _verdict(grader, path)
    assert verdict.result == "PASS", verdict.text()
    assert re.match(r"# \w", _first_line(path)), "its first line is its title"


@pytest.mark.parametrize(("grader", "path"), _files("wrong"))
def test_a_wrong_solution_fails_with_the_invariant_that_it_breaks(grader, path):
    verdict = _verdict(grader, path)
    assert verdict.result == "FAIL", verdict.text()
    assert f"{BREAKS}{verdict.invariant}" == _first_line(path), verdict.text()
    assert verdict.story


def test_the_median_counterexample_has_at_most_eight_steps():
    verdicts = [_verdict(grader, path) for grader, path in (case.values for case in _files("wrong"))]
    found = [verdict.counterexample.trace for verdict in verdicts if verdict.counterexample]
    assert median(len(drawn_steps(trace)) for trace in found) <= 8


@every_exercise
def test_the_untouched_stub_is_unknown_or_a_mistake_to_repair(grader):
    verdict = grade(grader.exercise, _source(_cell(grader).stub()))
    assert verdict.result == ("FAIL" if grader.repair else "UNKNOWN"), verdict.text()


@every_exercise
def test_the_solution_of_the_course_passes(grader):
    verdict = graded(grader.exercise, _source(_cell(grader).solution()))
    assert verdict.result == "PASS", verdict.text()


@every_exercise
def test_there_are_enough_solutions_to_trust_the_grader(grader):
    number = grader.exercise.replace(".", "_")
    assert len(list(grader.folder.glob(f"right/{number}_*.py"))) >= 3
    assert len(list(grader.folder.glob(f"wrong/{number}_*.py"))) >= 6


@every_exercise
def test_each_attack_is_needed(grader):
    wrong = grader.folder.glob(f"wrong/{grader.exercise.replace('.', '_')}_*.py")
    broken = {_first_line(path).removeprefix(BREAKS) for path in wrong}
    assert {name for attack in grader.attacks for name in attack.invariants} - broken == set()


@pytest.mark.slow
@pytest.mark.parametrize(("grader", "path"), _files("right") + _files("wrong"))
def test_the_verdict_does_not_flip(grader, path):
    """Here once more; `python -m sandbox audit --times 100` does it a hundred times."""
    first, again = _verdict(grader, path), grade(grader.exercise, path.read_text(encoding="utf-8"))
    assert _outcome(again) == _outcome(first)


@every_exercise
def test_the_program_that_is_to_be_broken_is_the_one_that_is_shown(grader):
    if grader.wants_schedules:
        victim = (grader.folder / "victims" / f"{grader.number}.py").read_text(encoding="utf-8")
        shown = [cell.source.strip() for cell in read(grader.folder / "exercises.py") if cell.type == "code"]
        assert victim.strip() in shown


@every_exercise
def test_a_verdict_comes_at_once(grader):
    """Counted, since a busy machine makes seconds mean nothing; the seconds are in `sandbox audit`."""
    verdict = graded(grader.exercise, _source(_cell(grader).solution()))
    assert sum(found.schedules for found in verdict.explorations) <= SCHEDULES_MAX
    assert verdict.calls <= CALLS_MAX


@every_exercise
def test_the_three_hints_hold_no_line_of_a_solution(grader):
    assert len(grader.hints) == 3
    assert all(hint.strip() for hint in grader.hints)
    sources = [_source(_cell(grader).solution())]
    sources += [path.read_text(encoding="utf-8") for path in grader.other_solutions()]
    told = " ".join(grader.hints)
    lines = {line.strip() for source in sources for line in source.splitlines()}
    assert [line for line in lines if len(line) > 8 and line in told] == []


@every_exercise
def test_every_place_that_names_an_exercise_uses_its_title(grader):
    text = (grader.folder / "exercises.py").read_text(encoding="utf-8")
    assert f"# ## {grader.exercise} {grader.title}\n" in text
