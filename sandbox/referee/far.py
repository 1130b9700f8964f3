"""The referee's end of the pipe: it has the submission called, and answers what that asks.

Whatever the submission's process says is only ever one of three things: it asks for a call
on a port that it was handed, it returns, or it raises. The call is made here, on the same
stepped view of the port as in process, so faults, lanes and traces need nothing of their own.
"""

import os
from contextlib import AbstractContextManager, suppress
from itertools import count
from threading import Thread
from types import TracebackType
from typing import Protocol, Self

from greenlet import GreenletExit

from sandbox.confined.instance import REFEREE
from sandbox.confined.ports import METHODS
from sandbox.confined.shapes import Classes
from sandbox.confined.wire import Stub, Wire
from sandbox.errors import Crashed, UsageError
from sandbox.explore.answers import RunOver
from sandbox.explore.event_store import SteppedEventStore
from sandbox.explore.limits import TimeUp
from sandbox.explore.process import Process
from sandbox.explore.program import StartAgain
from sandbox.explore.stepped import SteppedClock, SteppedDatabase, SteppedGateway, SteppedPort
from sandbox.explore.stepped_bus import SteppedBus, SteppedConsumer
from sandbox.referee.processes import ProcessEnded

KINDS = {
    SteppedBus: "bus",
    SteppedClock: "clock",
    SteppedConsumer: "consumer",
    SteppedDatabase: "database",
    SteppedGateway: "gateway",
    SteppedEventStore: "event store",
    SteppedPort: "port",
}
BYTES_MAX = 20_000_000  # from one process
SHOWN_MAX = 200
OVER = (
    Crashed,
    RunOver,
    StartAgain,
    TimeUp,
    GreenletExit,
    KeyboardInterrupt,
)  # after these nobody is told anything


class Partner(Protocol):
    """Whoever is at the other end."""

    def exchange(self, message: bytes) -> bytes: ...

    def end(self) -> None: ...


class FarFunction(Stub):
    """A function of the submission's."""

    __slots__ = ()
    _wire: "FarEnd"

    def __call__(self, *args: object, **options: object) -> object:
        return self._wire.talk("call", self, args, tuple(options.items()))


class FarEnd(Wire):
    """One instance of the submission, as the referee speaks to it."""

    def __init__(self, classes: Classes, partner: Partner) -> None:
        super().__init__(classes, first=0)
        self._partner = partner
        self._numbers = count()
        self._over = ""  # why nothing is said any more
        self._zone: str | None = None
        self._bytes = 0  # that have come

    def talk(self, kind: str, *rest: object) -> object:
        """Have something done over there; what comes of it. Raises what is raised there.

        Raises `ProcessEnded` where that process ends by itself, or sends what is no message.
        """
        if self._over:
            raise ProcessEnded(self._over)
        if kind == "call" and os.environ.get("TZ") != self._zone:
            self._zone = os.environ.get("TZ")
            self.talk("zone", self._zone)
        try:
            kind, value = self._talk(next(self._numbers), kind, rest)
        except (*OVER, ProcessEnded) as reason:
            self.end(str(reason))
            raise
        if kind == "raise":
            raise value
        return value

    def end(self, reason: str) -> None:
        """End the process over there."""
        if not self._over:
            self._over = reason or "it is over"
            self._partner.end()

    def kind_of(self, thing: object) -> str:
        kind = KINDS.get(type(thing)) or ("function" if callable(thing) else "")
        if not kind:
            raise UsageError(f"{thing!r} can't cross to another process: hand over data, ports, functions.")
        return kind

    def stub(self, number: int, kind: str) -> Stub:
        if kind != "function":
            raise KeyError(kind)
        return FarFunction(self, number)

    def _talk(self, number: int, kind: str, rest: tuple) -> tuple[str, object]:
        """Say what is to be done, and answer whatever is asked until it is: `return` or `raise`, and what."""
        message = self.write(kind, number, *rest, keeps=True)
        with Blocks() as blocks:
            while True:
                match self._heard(self._partner.exchange(message)):
                    case ["return" as how, int() as whose, value, tuple()] if whose == number:
                        return how, value
                    case ["raise" as how, int() as whose, BaseException() as raised, tuple()] if (
                        whose == number
                    ):
                        self._check(raised)
                        return how, raised
                    case ["ask", int() as whose, *asked] if whose == number and len(asked) == 4:
                        message = self._answer(number, Asked(*asked), blocks)
                    case other:
                        raise _broken(other)

    def _heard(self, data: bytes) -> list:
        """What was said; what was said astray is done with."""
        self._bytes += len(data)
        if self._bytes > BYTES_MAX:
            raise ProcessEnded(f"its process was ended: it has sent more than {BYTES_MAX:,} bytes")
        said = self._said(data)
        if said[:1] != ["strays"]:
            return said
        match said:
            case [_, tuple() as strays, bytes() as inner]:
                for thing, method in _pairs(strays, int, str):
                    self._call_astray(self._thing(thing), method)
                return self._said(inner)
        raise _broken(said)

    def _said(self, data: bytes) -> list:
        try:
            return self.read(data)
        except UsageError as error:
            raise ProcessEnded(f"its process was ended: {error}") from None

    def _answer(self, number: int, asked: "Asked", blocks: "Blocks") -> bytes:
        """Make the call that was asked for; the message that says what came of it."""
        try:
            return self.write("return", number, self._do(asked, blocks), keeps=asked.method == "call")
        except (*OVER, ProcessEnded):
            raise
        except BaseException as error:  # the submission's to catch, as in process
            return self.write("raise", number, error)

    def _do(self, asked: "Asked", blocks: "Blocks") -> object:
        method, args = asked.method, asked.args
        if asked.thing == REFEREE and method == "read":
            return self.handed.read(*args)
        thing = self._thing(asked.thing)
        kind = self.kind_of(thing)
        if kind == "function" and method == "call":
            return thing(*args, **asked.options)
        if kind == "database" and method == "begin":
            return blocks.enter(thing.transaction())
        if kind == "database" and method == "end":
            return blocks.leave(*args)
        if method in METHODS[kind]:
            return getattr(thing, method)(*args, **asked.options)
        if method == "get" and len(args) == 1 and isinstance(args[0], str) and not args[0].startswith("_"):
            return getattr(thing, args[0])
        raise _broken([kind, method])

    def _thing(self, number: int) -> object:
        try:
            return self.thing(number)
        except KeyError:
            raise _broken(number) from None

    def _check(self, error: BaseException) -> None:
        """Raises `ProcessEnded` for what ends a process: all but exceptions, and what it has from here."""
        if not isinstance(error, Exception | SystemExit | Crashed) and not self.has_told(error):
            raise ProcessEnded(f"{type(error).__name__} has ended its process: {error}")

    def _call_astray(self, thing: object, method: str) -> None:
        """Call what a thread over there has called, from a thread here: the world says what that means."""
        process = getattr(thing, "_process", None)
        if process is not None:
            thread = Thread(target=_step_astray, args=(process, method))
            thread.start()
            thread.join()


class Asked:
    """A call that the submission asks for. Raises `ProcessEnded` where it is none."""

    def __init__(self, thing: object, method: object, args: object, options: object) -> None:
        if not (isinstance(thing, int) and isinstance(method, str) and isinstance(args, tuple)):
            raise _broken([thing, method, args])
        self.thing, self.method, self.args = thing, method, args
        self.options = dict(_pairs(options, str, object)) if options != () else {}


class Blocks:
    """The `with` blocks that the submission is in; at the end of the call it is in none."""

    def __init__(self) -> None:
        self._open: list[AbstractContextManager] = []

    def enter(self, block: AbstractContextManager) -> None:
        """Enter a block."""
        block.__enter__()
        self._open.append(block)

    def leave(self, error: BaseException | None) -> None:
        """Leave the innermost block, with an error where there was one."""
        if not self._open or not isinstance(error, BaseException | None):
            raise _broken(error)
        block = self._open.pop()
        if error is None:
            block.__exit__(None, None, None)
        else:
            block.__exit__(type(error), error, error.__traceback__)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: TracebackType | None) -> None:
        while self._open:
            self.leave(error or GeneratorExit("the function has come back"))


def _pairs(pairs: object, first: type, second: type) -> tuple:
    """The pairs, if they are ones. Raises `ProcessEnded`."""
    if not isinstance(pairs, tuple):
        raise _broken(pairs)
    for pair in pairs:
        match pair:
            case (a, b) if isinstance(pair, tuple) and isinstance(a, first) and isinstance(b, second):
                continue
        raise _broken(pairs)
    return pairs


def _broken(said: object) -> ProcessEnded:
    return ProcessEnded(f"its process was ended: it has sent what is no message: {str(said)[:SHOWN_MAX]}")


def _step_astray(process: Process, method: str) -> None:
    with suppress(UsageError):
        process.step(method, lambda: None)
