"""A deadline for code that may never come back."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from sandbox.grading.submission import is_submitted

AGAIN_SECONDS = 0.01


class TimeUp(BaseException):
    """The deadline has passed. Not an `Exception`: `except Exception` must not eat it."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` inside the block once `seconds` have passed.

    A submission that catches even that (`except BaseException`, in a loop) meets it again
    on the next line that it runs, and so on, until it is out. Code of ours, cleaning up
    meanwhile, is left alone. Needs the main thread and a system with interval timers (not
    Windows); elsewhere there is no deadline, and the notebook's own interrupt is the way out.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    passed = False

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal passed
        first, passed = not passed, True
        if _trap(frame) or first:
            raise TimeUp

    tracing = sys.gettrace()
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if passed:
            sys.settrace(tracing)


def _trap(frame: FrameType | None) -> bool:
    """Let the submission's next line raise, if `frame` belongs to it or was called by it."""
    found = False
    while frame:
        if is_submitted(frame.f_code):
            sys.settrace(_next_line)
            frame.f_trace = _next_line
            found = True
        frame = frame.f_back
    return found


def _next_line(frame: FrameType, event: str, argument: object) -> Callable | None:
    if not is_submitted(frame.f_code):
        return None
    if event == "line":
        raise TimeUp
    return _next_line
