"""Isolated or not, the verdict is the same: the same attacks, the same schedules, the same story."""

import re

import pytest

from sandbox.course import lesson_folders
from sandbox.grading.grader import graders_of
from sandbox.referee import LEVELS, Referee
from tests.verdicts import graded
from tools.lessons.source import read

DRAWN = re.compile(r"[0-9a-f]{8}-[-0-9a-f]{27}|\b[0-9]{4,}-|[0-9a-f]{32}|-?\b[0-9]{12,}\b")
FILES = [
    pytest.param(grader.exercise, path, id=f"{path.parent.name}/{path.stem}")
    for folder in lesson_folders()
    if (folder / "grader.py").is_file()
    for grader in graders_of(folder).values()
    for path in sorted(folder.glob(f"*/{grader.exercise.replace('.', '_')}_*.py"))
]


@pytest.fixture(scope="module")
def referee():
    referee = Referee(LEVELS)
    yield referee
    referee.close()


def told(verdict):
    """What a learner is told, but for the ids that the code has drawn, and for hashes."""
    stories = [DRAWN.sub("…", repr(found)) for found in verdict.explorations]
    return verdict.result, verdict.invariant, verdict.misconception, verdict.survived, verdict.calls, stories


CELLS = [
    pytest.param(cell.exercise, kind.partition("\n")[2], id=f"{cell.exercise}-{name}")
    for folder in lesson_folders()
    if (folder / "exercises.py").is_file()
    for cell in read(folder / "exercises.py")
    if cell.exercise
    for name, kind in (("stub", cell.stub().source), ("solution", cell.solution().source))
]


@pytest.mark.parametrize(("exercise", "source"), CELLS)
def test_so_do_the_cells_of_the_course(referee, exercise, source):
    here, there = graded(exercise, source), referee.grade(exercise, source)
    assert told(there) == told(here)
    assert there.story == here.story


@pytest.mark.parametrize(("exercise", "path"), FILES)
def test_each_solution_gets_the_verdict_that_it_gets_in_process(referee, exercise, path):
    source = path.read_text(encoding="utf-8")
    assert told(referee.grade(exercise, source)) == told(graded(exercise, source))
