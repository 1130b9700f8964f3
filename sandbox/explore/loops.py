"""An end for loops, where the system has no timers: the clock is looked at each time one goes round.

`sys.monitoring` (Python 3.12) calls us at each jump of a loop, and stops doing so for places
that we say are not theirs, so everybody else's code runs as fast as before.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from types import CodeType

NAME = "sandbox"
_running: list["_Deadline"] = []  # the innermost last


@dataclass
class _Deadline:
    seconds: float
    is_theirs: Callable[[CodeType], bool]
    error: type[BaseException]
    moving: Callable[[], object] | None
    until: float = 0.0
    last: object = None

    def begin(self) -> None:
        self.until = perf_counter() + self.seconds
        self.last = self.moving and self.moving()

    def passed(self) -> bool:
        if perf_counter() < self.until:
            return False
        if self.moving and self.moving() != self.last:
            self.begin()
            return False
        return True


@contextmanager
def deadline(
    seconds: float,
    is_theirs: Callable[[CodeType], bool],
    error: type[BaseException],
    moving: Callable[[], object] | None = None,
) -> Iterator[None]:
    """Have loops of theirs raise `error` once the time is up, each time that they go round.

    With `moving`, the time begins anew as long as what it returns has changed meanwhile. Does
    nothing before Python 3.12, or where others have taken all places of `sys.monitoring`.
    """
    if not _is_watching():
        yield
        return
    mine = _Deadline(seconds, is_theirs, error, moving)
    mine.begin()
    _running.append(mine)
    try:
        yield
    finally:
        _running.remove(mine)


def _is_watching() -> bool:
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None:
        return False
    tools = range(6)
    if any(monitoring.get_tool(tool) == NAME for tool in tools):
        return True
    free = next((tool for tool in tools if monitoring.get_tool(tool) is None), None)
    if free is None:
        return False
    monitoring.use_tool_id(free, NAME)
    monitoring.register_callback(free, monitoring.events.JUMP, _jumped)
    monitoring.set_events(free, monitoring.events.JUMP)
    return True


def _jumped(code: CodeType, here: int, there: int) -> object:
    theirs = False
    for limit in _running:
        if limit.is_theirs(code):
            theirs = True
            if limit.passed():
                raise limit.error
    if theirs or not _running or code.co_filename.startswith("<"):
        return None
    return sys.monitoring.DISABLE
