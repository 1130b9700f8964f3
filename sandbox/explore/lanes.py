"""Lanes: several calls at once, of which one runs at a time, and who runs is the plan's choice.

A lane runs until it is over, until a `switch` strikes one of its steps, or until it has to
wait for a lock. To try every point at which one may be preempted, a few times each, finds
most races (Musuvathi and Qadeer 2007, iterative context bounding).

A lane that stops in the middle is a greenlet. Where there are none (in the browser), calls
run one after the other, and the explorer says what could not be tried.
"""

from collections.abc import Callable

try:
    from greenlet import getcurrent, greenlet
except ImportError:
    greenlet = None


def preemption() -> bool:
    """Can one be interrupted here while it is at work, and another run on?"""
    return greenlet is not None


class NotToldHere(BaseException):
    """The story can't go on without interrupting somebody."""


class Lanes:
    """The lanes of one world: none, most of the time."""

    left_out = False  # whether the story could not be told here

    def __init__(self) -> None:
        self._lanes: dict[str, greenlet] = {}  # the first of them runs next
        self._hub: greenlet | None = None
        self._left: list[greenlet] = []  # lanes that an error of ours has left in mid-air
        self.running = ""  # the name of the lane that runs, if any
        self._waiting: set[str] = set()

    @property
    def others(self) -> tuple[str, ...]:
        """Who could run on instead of the lane that runs."""
        if len(self._lanes) < 2:
            return ()
        return tuple(name for name in self._lanes if name != self.running and name not in self._waiting)

    def run(self, calls: dict[str, Callable[[], None]]) -> None:
        """Run all calls to their end, by default one after the other.

        Inside a lane, they become lanes beside it, and it goes on when it is its turn again.
        """
        for name, call in calls.items():
            self._lanes[name] = greenlet(call)
        if self._hub is not None:
            self._to_the_front(*calls)
            self._hub.switch()
            return
        self._hub = getcurrent()
        try:
            while self._lanes:
                self.running = next(iter(self._lanes))
                lane = self._lanes[self.running]
                lane.parent = self._hub  # its exceptions come out here
                lane.switch()
                if lane.dead:
                    del self._lanes[self.running]
        finally:
            self._hub, self.running = None, ""
            self._left += self._lanes.values()
            self._lanes.clear()
            self._waiting.clear()

    @property
    def left_any(self) -> bool:
        """Is there code in mid-air, which may still do something?"""
        return bool(self._left)

    def close(self) -> None:
        """Let go of all lanes; what they still do, they do as dead processes."""
        self._left.clear()

    def hand_over(self, name: str) -> None:
        """Have the lane `name` run on now, if it is there and can."""
        if name in self.others:
            self._to_the_front(name)
            self._hub.switch()

    def wait_until(self, free: Callable[[], bool], name: str) -> bool:
        """Have the lane `name` run on until `free` says so; `False` where it can't."""
        me = self.running
        while not free():
            if name not in self._lanes or name == me or name in self._waiting:
                return False
            self._waiting.add(me)
            self._to_the_front(name)
            self._hub.switch()
            self._waiting.discard(me)
        return True

    def _to_the_front(self, *names: str) -> None:
        first = {name: self._lanes[name] for name in names}
        self._lanes = first | self._lanes


class OneByOne:
    """Lanes without preemption. See `Lanes`.

    Calls that come up inside another one run at once, as they do there, while the outer one
    waits. Where that one has to go on first, `NotToldHere` is raised.
    """

    others: tuple[str, ...] = ()
    left_any = False

    def __init__(self) -> None:
        self.left_out = False
        self.running = ""
        self._under_way: list[str] = []

    def run(self, calls: dict[str, Callable[[], None]]) -> None:
        for name, call in calls.items():
            self._under_way.append(name)
            self.running = name
            try:
                call()
            finally:
                self._under_way.pop()
                self.running = self._under_way[-1] if self._under_way else ""

    def close(self) -> None:
        pass

    def hand_over(self, name: str) -> None:
        self.left_out = True
        raise NotToldHere

    def wait_until(self, free: Callable[[], bool], name: str) -> bool:
        if name == self.running or name not in self._under_way:
            return False
        self.left_out = True
        raise NotToldHere


def lanes() -> Lanes | OneByOne:
    """Those of a new world."""
    return Lanes() if preemption() else OneByOne()
