"""The processor's time of all that runs beneath this process: on a busy machine better than a clock."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

PAUSE = 0.3  # seconds between two looks


class Spent:
    """What was spent so far."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._before = _waited_for()

    def look(self) -> None:
        """Look at all processes once; what a process had when it was killed is known from the last look."""
        living = sum(map(seconds_of, psutil.Process().children(recursive=True)))
        self.seconds = max(self.seconds, living + _waited_for() - self._before)


@contextmanager
def processor_time() -> Iterator[Spent]:
    """Look again and again while the block runs."""
    spent, over = Spent(), threading.Event()

    def watch() -> None:
        while not over.wait(PAUSE):
            spent.look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield spent
    finally:
        over.set()
        thread.join()
        spent.look()


def seconds_of(process: psutil.Process) -> float:
    """What it has taken, with those of its children that are no more."""
    with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return sum(process.cpu_times()[:4])
    return 0.0


def _waited_for() -> float:
    """Of those children of this process that have ended."""
    times = os.times()
    return times.children_user + times.children_system
