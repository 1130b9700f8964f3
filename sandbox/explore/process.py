"""A process: one running instance of the submission, with its own view of every port.

A crash ends the instance, not the world: its memory is gone, its open transaction is
rolled back, its consumers leave their groups. Whatever the dead code still tries changes
nothing, even where it catches everything.
"""

import sys
from collections.abc import Callable
from functools import partial
from threading import get_ident
from types import ModuleType
from typing import TYPE_CHECKING

from sandbox.clock import Clock
from sandbox.errors import (
    BrokerUnreachable,
    Crashed,
    DatabaseFailed,
    DatabaseLocked,
    GatewayTimeout,
    SandboxError,
    UsageError,
)
from sandbox.explore.limits import next_line_raises
from sandbox.explore.stepped import stepped
from sandbox.faults import Fault
from sandbox.messages.vocabulary import Vocabulary
from sandbox.trace import Raw

if TYPE_CHECKING:
    from sandbox.explore.world import World

BUS_ACTIONS = frozenset({"publish", "poll", "commit", "join"})
ERROR_OF = {  # what a call raises whose request or response is lost
    "publish": BrokerUnreachable,
    "poll": BrokerUnreachable,
    "commit": BrokerUnreachable,
    "join": BrokerUnreachable,
    "charge": GatewayTimeout,
    "refund": GatewayTimeout,
    "begin": DatabaseLocked,
    "append": DatabaseFailed,
}
DEAD_CALLS_MAX = 3  # so many `finally` blocks may still run


class Process:
    """One instance. The world's ports are its attributes, under their names in the world.

    `code` has the names of the submission's module, loaded for this instance.
    """

    def __init__(self, world: "World", name: str, main: Callable[["Process"], object] | None) -> None:
        self.name = name
        self.main = main
        self.loaded = world.program.load()
        self.code: ModuleType = self.loaded.module
        self.trouble = "idle"  # or dead, or split; empty while all is well
        self.first = True  # no step was taken in this turn
        self.consumers: list = []  # the bus's own, open ones
        self.skew_ms = 0
        self._world = world
        self.lane = ""  # the one that its turn runs in
        self._dead_calls = 0
        self._trapped = False
        self._thread = get_ident()
        self.vocabulary = Vocabulary(self.loaded.classes, world.bus.read) if world.bus else None
        self.subscriptions: list = []  # of this turn
        for port_name, port in world.ports.items():
            setattr(self, port_name, stepped(port, self))

    def __repr__(self) -> str:
        return f"Process {self.name}{f' ({self.trouble})' if self.trouble else ''}"

    @property
    def dead(self) -> bool:
        """Has it crashed?"""
        return self.trouble == "dead"

    @property
    def clock(self) -> Clock:
        """What this process's machine says the time is: a port, with a skew that may strike it."""
        return self._world.clock_of(self)

    def step(
        self, action: str, do: Callable, *args: object, quiet: bool = False, label: object = None
    ) -> object:
        """Take a step: call `do`, with whatever strikes it.

        `quiet` says that it leaves nothing behind where the process dies. `label` is for
        the trace, or makes one of the result; `None` where the port writes one of its own.
        """
        if self.trouble or get_ident() != self._thread:
            self._refuse(action)
        faults = self._world.take(self, action, quiet)
        self.first = False
        for fault in faults:
            self._before(fault, do, args)
            self._world.goes_on(self)
        if self.trouble:  # a split may just have begun
            self._refuse(action)
        try:
            result = do(*args)
        except SandboxError as error:
            self.note("refused", f"{action}: {type(error).__name__}")
            raise
        if label is not None:
            self.note(action, label(result) if callable(label) else label)
        for fault in faults:
            self._after(fault, result)
        return result

    def note(self, action: str, label: object = "") -> None:
        """Write a step into the trace."""
        self._world.goes_on(self)
        self._world.trace.step(Raw(self.name, action, "", None, 0, label))

    def wait_until(self, free: Callable[[], bool], holder: "Process") -> bool:
        """Have `holder` run on until `free` says so; `False` where that can't be."""
        return self._world.lanes.wait_until(free, holder.lane)

    def die(self) -> None:
        """Crash: nothing that this instance still does has an effect."""
        self.trouble = "dead"
        self._world.note_crash(self)

    def begin_turn(self, lane: str) -> None:
        """From now on it may act."""
        self.trouble = ""
        self.first = True
        self.lane = lane

    def end_turn(self) -> None:
        """It has returned, or died. A consumer that it has left open leaves its group."""
        if self._trapped:
            sys.settrace(self._tracing)
        if not self.dead:
            self.trouble = "idle"
            for consumer in self.consumers:
                consumer.close()
            self.consumers.clear()
        self.subscriptions.clear()

    def _before(self, fault: Fault, do: Callable, args: tuple) -> None:
        if fault.word not in ("crash", "switch"):  # which the trace shows anyway
            self.note("fault", _in_words(fault))
        match fault.word, fault.how:
            case "switch", other:
                self._world.lanes.hand_over(other)
            case "rebalance", how:
                self._world.rebalance(self, how)
            case "split", _:
                self.trouble = "split"
            case "skew", _:
                self.skew_ms = fault.ms
            case "crash", "before":
                self.die()
                raise Crashed(f"{self.name} crashed before its {fault.action} {fault.number}")
            case "fail", "late":
                self._world.do_late(partial(self._late_call, fault.action, partial(do, *args)))
                raise _no_answer(fault)
            case "fail", "request":
                raise _no_answer(fault)

    def _late_call(self, action: str, call: Callable) -> None:
        """What this process has asked for long ago happens now, whether it is still there or not."""
        trace, actor = self._world.trace, self._world.after_all(f"{self.name}, late")
        trace.record(actor, action, label=_in_short(call))
        trace.follow(self.name, actor)
        call()

    def _after(self, fault: Fault, result: object) -> None:
        match fault.word, fault.how:
            case "duplicate", "suffix":
                for consumer in self.consumers:
                    consumer.rewind()
            case (("duplicate" | "delay" | "drop"), _):
                self._world.befall(fault, result)
            case "crash", "after":
                self.die()
                raise Crashed(f"{self.name} crashed after its {fault.action} {fault.number}")
            case "fail", "response":
                raise _no_answer(fault)

    def cannot_tell(self, why: str) -> None:
        """No verdict can be given on this run."""
        self._world.cannot_tell(why)

    def _refuse(self, action: str) -> None:
        """Raise where this process must not act now."""
        if self.trouble == "dead":
            self._dead_calls += 1
            if self._dead_calls > DEAD_CALLS_MAX:
                if not self._trapped:
                    self._tracing, self._trapped = sys.gettrace(), True
                next_line_raises(self._world.program.is_ours, Crashed)
            raise Crashed(f"{self.name} is dead: it can't {action}.")
        if get_ident() != self._thread:
            self.cannot_tell(
                f"{self.name} calls {action} from a thread or a timer of its own. Who runs when must be "
                "the explorer's choice: do it in the function that was called."
            )
            raise UsageError(f"{self.name} can't {action} from a thread: call it in the function itself.")
        if self.trouble == "idle":
            raise UsageError(f"{self.name} can't {action} now: the function that was called has returned.")
        if self.trouble == "split" and action in BUS_ACTIONS:
            raise BrokerUnreachable(f"no answer to {action}: {self.name} and the broker are split.")


def _in_words(fault: Fault) -> str:
    """What happens, as a picture says it."""
    match fault.word, fault.how:
        case "fail", "request":
            return f"{fault.action}: request lost"
        case "fail", "response":
            return f"{fault.action}: answer lost"
        case "fail", "late":
            return f"{fault.action}: comes late"
        case "rebalance", "evict":
            return "evicted, unnoticed"
        case "rebalance", _:
            return "another one joins"
        case "skew", how:
            return f"clock off by {how}"
        case word, how:
            return f"{word} {how}".strip()


def _in_short(call: partial) -> str:
    """The values of a call, in words."""
    while isinstance(call.func, partial):
        call = call.func
    return ", ".join(map(str, call.args))


def _no_answer(fault: Fault) -> Exception:
    if fault.action == "begin":
        return DatabaseLocked("the database is locked: another connection is writing. Try again later.")
    error = ERROR_OF.get(fault.action, GatewayTimeout)
    return error(f"no answer to {fault.action}: whoever called can't tell whether it was done.")
