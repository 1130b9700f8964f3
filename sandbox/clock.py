"""Time as something that one can hold: a virtual clock that never sleeps, and the wall's.

The virtual clock is a heap of (time, tie-break, action). The tie-break, a counter, is
what makes two actions at the same moment run in the same order every time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from time import sleep
from typing import Protocol

from sandbox.errors import NotSupportedHere, UsageError

OPENING = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)  # the café opens at nine
FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
WAIT_MAX_MS = 60_000  # of real time


class Clock(Protocol):
    """Whatever can say what time it is, in UTC."""

    def now(self) -> datetime: ...


class VirtualClock:
    """A clock that moves only when told to: a day passes in no time at all."""

    def __init__(self, start: datetime = OPENING) -> None:
        self._now = start
        self._timers: list[tuple[datetime, int, Callable[[], None]]] = []
        self._tie_break = count()

    def __repr__(self) -> str:
        return f"VirtualClock({self._now.isoformat(timespec='milliseconds')})"

    def now(self) -> datetime:
        """The virtual time, in UTC."""
        return self._now

    def call_in(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Run `action` once the clock has been advanced by `delay_ms` milliseconds."""
        if delay_ms < 0:
            raise UsageError(f"time can't go backwards: call_in({delay_ms}).")
        due = self._now + timedelta(milliseconds=delay_ms)
        heappush(self._timers, (due, next(self._tie_break), action))

    @property
    def next_timer(self) -> datetime | None:
        """When the next timer falls due, or `None`."""
        return self._timers[0][0] if self._timers else None

    def tick(self) -> datetime:
        """Move the clock by a millisecond, as `advance` does, and return the time."""
        now = self._now + TICK
        if self._timers:
            self._move_to(now)
        else:
            self._now = now
        return self._now

    def advance(self, ms: float) -> None:
        """Move the clock by `ms` milliseconds; run every timer that falls due, in order.

        Raises `UsageError` for a negative time, and for one beyond the year 9998.
        """
        if ms < 0:
            raise UsageError(f"time can't go backwards: advance({ms}).")
        try:
            target = self._now + timedelta(milliseconds=ms)
        except OverflowError:
            raise UsageError(f"a calendar ends before {ms} ms from now. Advance by less.") from None
        self._move_to(target)

    def advance_to(self, moment: datetime) -> None:
        """Move to `moment`, where it is not past; run every timer that falls due, in order."""
        self._move_to(moment)

    def _move_to(self, target: datetime) -> None:
        while self._timers and self._timers[0][0] <= target:
            due, _, action = heappop(self._timers)
            self._now = due
            action()
        if target > self._now:  # a timer may itself have advanced the clock beyond our target
            self._now = target


class WallClock(VirtualClock):
    """The machine's own clock, in UTC: to advance it is to sleep, for a minute at most."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))

    def __repr__(self) -> str:
        return "WallClock()"

    def now(self) -> datetime:
        """The time of day, in UTC, to the microsecond."""
        self._now = datetime.now(UTC)
        return self._now

    def tick(self) -> datetime:
        """The time of day: this clock goes by itself."""
        return self.now()

    def advance(self, ms: float) -> None:
        """Sleep for `ms` milliseconds; run every timer that falls due, in order.

        Raises `NotSupportedHere` for more than a minute.
        """
        if ms > WAIT_MAX_MS:
            raise NotSupportedHere(
                f"this bus runs on real time: advance({ms}) would sleep for {ms / 1000:,.0f} s. "
                "On the simulated bus it takes no time: connect('sim://')."
            )
        self.now()
        super().advance(ms)

    def call_in(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Run `action` in an `advance` that ends `delay_ms` milliseconds from now, or later."""
        self.now()
        super().call_in(delay_ms, action)

    def _move_to(self, target: datetime) -> None:
        while self._timers and self._timers[0][0] <= target:
            due, _, action = heappop(self._timers)
            self._sleep_until(due)
            action()
        self._sleep_until(target)

    def _sleep_until(self, moment: datetime) -> None:
        sleep(max(0.0, (moment - self.now()).total_seconds()))
