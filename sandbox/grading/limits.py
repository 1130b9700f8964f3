"""A deadline for code that may never come back."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from sandbox.grading.submission import runs_submission

AGAIN_SECONDS = 0.003


class TimeUp(BaseException):
    """The deadline has passed. Not an `Exception`: `except Exception` must not eat it."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` inside the block once `seconds` have passed.

    Code that swallows it (`except BaseException` in a loop) gets it again every few
    milliseconds, until one falls outside its `try`; whoever cleans up after it doesn't.
    Needs the main thread and a system with interval timers (not Windows); elsewhere the
    block has no deadline, and the notebook's own interrupt is the way out.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    passed = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal passed
        if not passed or runs_submission(frame):
            passed = True
            raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
