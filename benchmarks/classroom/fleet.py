"""More workers, more speed: the same class, graded over real Kafka by one worker and by several.

A worker has one process, so that two of them on two cores are what two machines would be, but for
what Kafka and the office take of these cores.
"""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.classroom import ours
from benchmarks.classroom.handed_in import a_class


def measure(kafka: str, exercises: list[str], count: int, workers: tuple[int, ...]) -> dict[int, float]:
    """Seconds from `grade --bus` to the last verdict, by how many workers there were. `kafka`: host:port."""
    submissions = a_class(exercises, count)
    seconds = {}
    for some in workers:
        bus = f"kafka://{kafka}/{secrets.token_hex(4)}"
        with TemporaryDirectory() as folder, ExitStack() as running:
            place, office = Path(folder) / "handed-in", Path(folder) / "office"
            ours.hand_in(place, submissions)
            ours.command(["collect", place, "--folder", office])
            for _ in range(some):
                running.enter_context(_worker(bus))
            start = perf_counter()
            ours.command(["grade", "--bus", bus, "--folder", office])
            seconds[some] = perf_counter() - start
            if ours.points(office) != {each.learner: each.points for each in submissions}:
                raise SystemExit("The workers have given other points than the solutions are worth.")
    return seconds


@contextmanager
def _worker(bus: str) -> Iterator[None]:
    """A worker that waits for texts."""
    line = ours.line(["worker", "--bus", bus, "--workers", 1])
    with subprocess.Popen(line, env=ours.environment(), stderr=subprocess.PIPE, text=True) as process:
        try:
            process.stderr.readline()  # "... waits for texts"
            yield
        finally:
            process.terminate()
            process.communicate()
