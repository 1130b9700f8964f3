"""`sandbox.require("08.2")`: fail unless the exercise is solved in this notebook.

For the test cells of notebook graders such as nbgrader, which give points for a cell that
raises nothing. What was last run under `%%exercise 08.2` is attacked again, in this process.
"""

from sandbox.grading.grade import grade
from sandbox.grading.grader import find_grader

_cells: dict[str, str] = {}  # by exercise: what was last run


def keep(exercise: str, source: str) -> None:
    """From now on, `require` is about this source."""
    _cells[exercise] = source


def require(exercise: str) -> None:
    """Raise `AssertionError`, with the story of the failure, unless the exercise is solved.

    Raises `UsageError` where there is no such exercise.
    """
    number = find_grader(exercise).exercise
    if number not in _cells:
        raise AssertionError(f"No cell that begins with %%exercise {number} has been run in this notebook.")
    verdict = grade(number, _cells[number])
    if verdict.result != "PASS":
        raise AssertionError(verdict.text())
