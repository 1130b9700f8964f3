"""Our grades in nbgrader's gradebook, through nbgrader's own API: its exports and pages then show them.

A grade that somebody has given by hand in nbgrader stays: nbgrader counts it before ours.
"""

import os
import sys
import warnings
from pathlib import Path

from nbgrader.api import Gradebook as NbgraderBook
from nbgrader.api import MissingEntry
from sqlalchemy.exc import SAWarning

from sandbox.course import lesson_folder
from sandbox.errors import UsageError
from sandbox.grading.grader import graders_of
from sandbox.workshop.events import SubmissionReceived
from sandbox.workshop.gradebook import NOT_GRADED, Gradebook, Mark
from sandbox.workshop.nbgrading import COURSE_ID
from sandbox.workshop.nbgrading.course import solution_id, test_id
from sandbox.workshop.office import Office


def write_grades(office: Office, book: Gradebook, course: Path) -> int:
    """Write all marks into `gradebook.db` of the course's folder; how many there were.

    Raises `UsageError` where a submission in nbgrader is older than one of its exercises.
    """
    if not course.is_dir():
        raise UsageError(f"there is no folder {course}: name the one that has nbgrader_config.py in it.")
    received = {}  # of each learner and assignment, when the last of it came
    for event in sorted(office.events(SubmissionReceived), key=lambda event: event.received):
        received |= {(event.learner, _assignment(exercise)): event.received for exercise in event.cells}
    count = 0
    # nbgrader calls `alembic` by its name: it is found beside the Python that runs, activated or not
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with (
        NbgraderBook(f"sqlite:///{course.resolve() / 'gradebook.db'}", COURSE_ID) as theirs,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own, about its own sessions
        for assignment in sorted({_assignment(exercise) for exercise in book.exercises}):
            _prepare(theirs, assignment)
        for learner, row in book.marks.items():
            theirs.update_or_create_student(learner)
            for mark in row.values():
                if mark.result != NOT_GRADED:
                    _write(theirs, learner, mark, received[learner, _assignment(mark.exercise)])
                    count += 1
    return count


def _assignment(exercise: str) -> str:
    """The assignment that the exercise belongs to; its only notebook has the same name."""
    return lesson_folder(exercise[:2]).name


def _prepare(theirs: NbgraderBook, name: str) -> None:
    """See that an assignment and its cells are there, where `nbgrader generate_assignment` was not run."""
    theirs.update_or_create_assignment(name)
    theirs.update_or_create_notebook(name, name)
    for exercise in graders_of(lesson_folder(name[:2])):
        try:
            theirs.find_grade_cell(test_id(exercise), name, name)
        except MissingEntry:
            theirs.add_grade_cell(test_id(exercise), name, name, max_score=1, cell_type="code")
            theirs.update_or_create_solution_cell(solution_id(exercise), name, name)


def _write(theirs: NbgraderBook, learner: str, mark: Mark, received: str) -> None:
    name, cell = _assignment(mark.exercise), test_id(mark.exercise)
    theirs.update_or_create_submission(name, learner, timestamp=received)
    try:
        grade = theirs.find_grade(cell, name, name, learner)
    except MissingEntry:
        raise UsageError(
            f"nbgrader has a submission of {name} by {learner} from before there was {mark.exercise}. "
            f"Remove it there (nbgrader db assignment, or gradebook.db), and report again."
        ) from None
    grade.auto_score = mark.points * theirs.find_grade_cell(cell, name, name).max_score
    grade.needs_manual_grade = False
    theirs.db.commit()
