"""An end for code that would never come back."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

from sandbox.explore import loops

AGAIN_SECONDS = 0.01
MEMORY_MAX = 1 << 30  # bytes that a submission may take, beyond what there is
STATM = Path("/proc/self/statm")
CROWD_MAX = 8.0  # times as long, at most, as on a machine that has nothing else to do
COLLECT_AFTER = 20_000  # objects that may be in cycles; Python's own default is 700
PATIENCE = 100  # so many times later, code of ours is interrupted again
IsTheirs = Callable[[CodeType], bool]


def has_timers() -> bool:
    """Does this system interrupt us when time has passed?"""
    return hasattr(signal, "setitimer") and sys.platform != "emscripten"


def crowd() -> float:
    """How many want each core of this machine, from 1 (or where it isn't known) to `CROWD_MAX`.

    Code that waits for its turn seems to do nothing: honest submissions have failed by that.
    """
    try:
        wanting = os.getloadavg()[0] / (os.cpu_count() or 1)
    except (AttributeError, OSError):  # not on Windows, nor in a browser
        return 1.0
    return min(max(wanting, 1.0), CROWD_MAX)


class TimeUp(BaseException):
    """The deadline has passed. Not an `Exception`: `except Exception` must not eat it."""


@contextmanager
def deadline(
    seconds: float, is_theirs: IsTheirs, moving: Callable[[], object] | None = None
) -> Iterator[None]:
    """Raise `TimeUp` inside the block once `seconds` have passed, more on a crowded machine (`crowd`).

    With `moving`, the time begins anew as long as what it returns has changed meanwhile.
    Code for which `is_theirs` and that catches even `TimeUp` (`except BaseException`, in a
    loop) meets it again on the next line that it runs, and so on, until it is out. Code of
    ours, cleaning up meanwhile, is left alone for a second. Then it is not cleaning up: what is
    raised inside a callback of the garbage collector, for one, gets lost. Needs the main thread
    and a system with interval timers. Elsewhere (on Windows, in the browser, in a thread) the
    clock is looked at whenever a loop of theirs goes round, from Python 3.12 on; where not even
    that is to be had, the notebook's own interrupt is the way out.
    """
    seconds *= crowd()
    if not has_timers() or threading.current_thread() is not threading.main_thread():
        with loops.deadline(seconds, is_theirs, TimeUp, moving):
            yield
        return
    passed, last = 0, moving and moving()

    def stop(signum: int, frame: FrameType | None) -> None:
        nonlocal passed, last
        if not passed and moving and (now := moving()) != last:
            last = now
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
            return
        passed += 1
        if _trap(frame, is_theirs, TimeUp) or passed % PATIENCE == 1:
            raise TimeUp

    tracing = sys.gettrace()
    handler = signal.signal(signal.SIGALRM, stop)
    outer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer[0]:  # another deadline goes on where it was
            signal.setitimer(signal.ITIMER_REAL, *outer)
        if passed:
            sys.settrace(tracing)


@contextmanager
def bounded_memory(more: int = MEMORY_MAX) -> Iterator[None]:
    """Have whoever wants more than `more` bytes in the block meet a `MemoryError`; the kernel lives on.

    Needs Linux, which says how much memory this process has; elsewhere there is no bound.
    """
    if not STATM.exists():
        yield
        return
    import resource  # not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(STATM.read_text().split()[0]) * resource.getpagesize()
    bounds = [now + more, *(bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(bounds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Have the garbage collector look for cycles less often: a run leaves next to none behind."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], COLLECT_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def next_line_raises(is_theirs: IsTheirs, error: type[BaseException]) -> None:
    """Have their code that called us raise `error` on each line that it still runs, until it is out."""
    _trap(sys._getframe(1), is_theirs, error)


def _trap(frame: FrameType | None, is_theirs: IsTheirs, error: type[BaseException]) -> bool:
    """Let the next line of theirs raise, if `frame` is theirs or was called by them."""

    def next_line(frame: FrameType, event: str, argument: object) -> Callable | None:
        if not is_theirs(frame.f_code):
            return None
        if event == "line":
            raise error
        return next_line

    found = False
    while frame:
        if is_theirs(frame.f_code):
            sys.settrace(next_line)
            frame.f_trace = next_line
            found = True
        frame = frame.f_back
    return found
