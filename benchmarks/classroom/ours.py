"""Ours: `python -m sandbox workshop collect` and `grade`, as a teacher types them."""

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.classroom.handed_in import Submission, notebook
from sandbox.course import LESSONS
from sandbox.workshop import Gradebook, Office

NAME = "this workshop"


def run(folder: Path, submissions: list[Submission], processes: int) -> tuple[float, dict[str, int]]:
    """Seconds from the folder of notebooks to the verdicts, and everybody's points."""
    place, office = folder / "handed-in", folder / "office"
    hand_in(place, submissions)
    start = perf_counter()
    command(["collect", place, "--folder", office])
    command(["grade", "--workers", processes, "--folder", office])
    return perf_counter() - start, points(office)


def hand_in(place: Path, submissions: list[Submission]) -> None:
    """A notebook for each learner."""
    place.mkdir(parents=True)
    for submission in submissions:
        (place / f"{submission.learner}.ipynb").write_text(notebook(submission), encoding="utf-8")


def command(words: list[object]) -> None:
    """Run it to its end. Raises `CalledProcessError`."""
    subprocess.run(line(words), check=True, env=environment(), stdout=subprocess.DEVNULL)


def line(words: list[object]) -> list[str]:
    """The command as the system is told it."""
    return [sys.executable, "-m", "sandbox", "workshop", *map(str, words)]


def environment() -> dict[str, str]:
    """In which `sandbox` is found from anywhere."""
    return {**os.environ, "PYTHONPATH": str(LESSONS.parent)}


def points(folder: Path) -> dict[str, int]:
    """What the gradebook says."""
    office = Office(folder)
    book = Gradebook.of(office)
    office.close()
    return {learner: sum(mark.points for mark in row.values()) for learner, row in book.marks.items()}
