"""Progress that one can see, in a terminal and in a log: a line for each phase, and dots."""

import sys
import time
from collections.abc import Callable

from tools.broker.problem import Problem


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def wait_until(ready: Callable[[], bool], what: str, seconds: float, check: Callable[[], None]) -> None:
    """Wait for `ready`, with a dot each second. `check` raises where waiting makes no sense.

    Raises `Problem` after `seconds`.
    """
    start = time.monotonic()
    dots = 0
    sys.stdout.write(f"{what} ")
    try:
        while not ready():
            check()
            passed = time.monotonic() - start
            if passed > seconds:
                raise Problem(f"{what}: not ready after {seconds:.0f} seconds.")
            if passed > dots:
                dots += 1
                sys.stdout.write(".")
                sys.stdout.flush()
            time.sleep(0.1)
        sys.stdout.write(f" {time.monotonic() - start:.1f} s")
    finally:
        sys.stdout.write("\n")
        sys.stdout.flush()
