"""nbgrader: `nbgrader autograde`, which grades one submission after the other.

It has no option for more processes. So for two in parallel the class is split over two courses, each
with a gradebook of its own: what its users do (jupyter/nbgrader, issue 174).
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from benchmarks.classroom import others
from benchmarks.classroom.handed_in import Submission, notebook

NAME = "nbgrader"
ASSIGNMENT = "ps1"
POINTS = """
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    for found in book.assignment_submissions("ps1"):
        print(found.student.id, found.score)
"""


def run(folder: Path, submissions: list[Submission], processes: int) -> tuple[float, dict[str, int]]:
    """Seconds from the folder of notebooks to the scores, and everybody's points."""
    programs = others.fetch()
    parts = [submissions[n::processes] for n in range(processes)]
    courses = [Course(folder / f"course{n}", programs, part) for n, part in enumerate(parts)]
    start = perf_counter()
    with ThreadPoolExecutor(processes) as pool:
        list(pool.map(Course.autograde, courses))
    seconds = perf_counter() - start
    return seconds, {learner: points for course in courses for learner, points in course.points().items()}


class Course:
    """A folder of nbgrader's, with one assignment that was handed in."""

    def __init__(self, folder: Path, programs: Path, submissions: list[Submission]) -> None:
        self._folder = folder
        self._programs = programs
        self._write("source", submissions[0])
        for submission in submissions:
            self._write(f"submitted/{submission.learner}", submission)
        self._call("nbgrader", "generate_assignment", ASSIGNMENT, "--create")

    def autograde(self) -> None:
        """Grade all that was handed in. Raises `CalledProcessError`."""
        self._call("nbgrader", "autograde", ASSIGNMENT)

    def points(self) -> dict[str, int]:
        """Everybody's, from its gradebook."""
        rows = self._call("python", "-c", POINTS).splitlines()
        return {learner: int(float(score)) for learner, score in (row.split() for row in rows)}

    def _write(self, place: str, submission: Submission) -> None:
        path = self._folder / place / ASSIGNMENT / "exercises.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook(submission), encoding="utf-8")

    def _call(self, program: str, *words: str) -> str:
        return subprocess.run(
            [self._programs / program, *words],
            cwd=self._folder,
            env=others.environment(self._programs),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
