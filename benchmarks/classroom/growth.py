"""A large class with a whole lesson: how long it takes, and what memory it takes while it grows."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from benchmarks.classroom import ours
from benchmarks.classroom.handed_in import a_class
from benchmarks.classroom.processor import seconds_of
from sandbox.store import SqliteDatabase

SHARES = (0.1, 1 / 3, 1)  # of the class, where a new stretch begins
PAUSE = 1.0  # seconds between two looks
SECONDS_MAX = 7_200


@dataclass(frozen=True)
class Growth:
    """What a large class took."""

    submissions: int
    seconds: float  # on the wall
    processor: float  # seconds, of all processes
    memory: dict[int, list[int]]  # by submissions graded: the bytes at each look since the mark before
    processes: dict[int, list[int]]  # and the processes, dead ones included

    @property
    def factor(self) -> float:
        """Memory in the last stretch, as a multiple of that in the first.

        Medians: the most that was seen grows with the number of looks, whatever is looked at.
        """
        first, *_, last = map(median, self.memory.values())
        return last / first


def measure(exercises: list[str], count: int) -> Growth:
    """Grade so many submissions of these exercises with two workers, and look at it all the while."""
    marks = [max(1, round(share * count)) for share in SHARES]
    memory: dict[int, list[int]] = {mark: [] for mark in marks}
    processes: dict[int, list[int]] = {mark: [] for mark in marks}
    submissions = a_class(exercises, count)
    with TemporaryDirectory() as folder:
        place, office = Path(folder) / "handed-in", Path(folder) / "office"
        ours.hand_in(place, submissions)
        start, processor = time.perf_counter(), 0.0
        ours.command(["collect", place, "--folder", office])
        for graded, found in _looks(office):
            mark = next(mark for mark in marks if graded <= mark * len(exercises))
            memory[mark].append(sum(map(_bytes, found)))
            processes[mark].append(len(found))
            processor = max(processor, sum(map(seconds_of, found)))
        seconds = time.perf_counter() - start
        points = ours.points(office)
    if points != {submission.learner: submission.points for submission in submissions}:
        raise SystemExit("The class has other points than its solutions are worth.")
    return Growth(count, seconds, processor, memory, processes)


def _looks(office: Path) -> Iterator[tuple[int, list[psutil.Process]]]:
    """Again and again: how many texts are graded, and the processes that are at it."""
    grading = psutil.Popen(
        ours.line(["grade", "--workers", 2, "--folder", office]),
        env=ours.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + SECONDS_MAX
    db = SqliteDatabase(office / "workshop.sqlite", patience=30)
    while grading.poll() is None and time.monotonic() < deadline:
        time.sleep(PAUSE)
        with suppress(psutil.NoSuchProcess):
            graded = db.execute("SELECT count(*) AS graded FROM judged")[0]["graded"]
            yield graded, [grading, *grading.children(recursive=True)]
    db.close()
    if grading.poll() != 0:
        grading.kill()
        raise SystemExit(f"The grading ended with {grading.wait()}.")


def _bytes(process: psutil.Process) -> int:
    """Its memory; of what it shares with others, its share."""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        try:
            return process.memory_full_info().pss
        except psutil.AccessDenied:
            return process.memory_info().rss
    return 0
