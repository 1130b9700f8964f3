"""What a class hands in: right and wrong solutions of the course's own, no two texts the same.

The notebook is the same for all graders. Its first cell takes the place of our magic: it keeps
each solution's text, and nothing more. So a grader that runs the notebook (nbgrader, otter) calls
`sandbox.grading.grade` once for each question, in its kernel, and draws no card. That is the least
that those two have to do for the same verdicts.
"""

import json
from dataclasses import dataclass
from itertools import chain, cycle, islice, zip_longest

from sandbox.course import lesson_folder

SETUP = """\
import sandbox
from IPython import get_ipython
from sandbox.grading import grade

sources = {}


def keep(line, cell):
    sources[line.strip()] = cell


get_ipython().register_magic_function(keep, magic_kind="cell", magic_name="exercise")
"""
TEST = (
    'verdict = grade("{exercise}", sources["{exercise}"])\nassert verdict.result == "PASS", verdict.story\n'
)


@dataclass(frozen=True)
class Solution:
    """A text, and whether it is right."""

    text: str
    right: bool


@dataclass(frozen=True)
class Submission:
    """What one learner hands in."""

    learner: str
    solutions: dict[str, Solution]  # by exercise

    @property
    def points(self) -> int:
        """What it is worth."""
        return sum(solution.right for solution in self.solutions.values())


def a_class(exercises: list[str], count: int, *, same: bool = False) -> list[Submission]:
    """So many submissions, every other solution of each exercise a right one.

    No two texts are the same: each has its learner's name in a comment, unless they are to be the
    `same`, that is, as much alike as the course has solutions.
    """
    chosen = [list(islice(cycle(_solutions(exercise)), count)) for exercise in exercises]
    made = []
    for number, row in enumerate(zip(*chosen, strict=True)):
        learner = f"learner{number:03}"
        signed = {
            exercise: Solution(found.text if same else f"# {learner}\n{found.text}", found.right)
            for exercise, found in zip(exercises, row, strict=True)
        }
        made.append(Submission(learner, signed))
    return made


def notebook(submission: Submission, *, with_tests: bool = True) -> str:
    """The submission as a notebook; `with_tests`: with nbgrader's cells, a point for each question."""
    cells = [_cell("setup", SETUP, locked=True)]
    for exercise, solution in submission.solutions.items():
        name = exercise.replace(".", "-")
        cells.append(_cell(f"q-{name}", f"%%exercise {exercise}\n{solution.text}", solution=True))
        if with_tests:
            test = TEST.format(exercise=exercise)
            cells.append(_cell(f"test-{name}", test, grade=True, locked=True, points=1))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(name: str, source: str, **marks: object) -> dict:
    nbgrader = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "task": False}
    nbgrader |= {"grade_id": name, "cell_type": "code"} | marks
    return {
        "cell_type": "code",
        "id": name,
        "source": source,
        "metadata": {"nbgrader": nbgrader},
        "outputs": [],
        "execution_count": None,
    }


def _solutions(exercise: str) -> list[Solution]:
    """All that the lesson has of it, right and wrong in turn; the right ones are repeated."""
    folder = lesson_folder(exercise[:2])
    right, wrong = (
        [
            Solution(path.read_text(encoding="utf-8"), kind == "right")
            for path in sorted((folder / kind).glob(f"{exercise.replace('.', '_')}_*.py"))
        ]
        for kind in ("right", "wrong")
    )
    return list(chain.from_iterable(zip_longest(islice(cycle(right), len(wrong)), wrong)))
