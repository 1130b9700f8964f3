"""One instance of the submission: its code, loaded in a process of its own, which does what it is told.

Each message from the referee is answered by exactly one: the answer of a call, or something
that the code asks on the way. Calls may run side by side, as lanes do in the explorer: each
has its number and its greenlet, and the referee says which one goes on.
"""

import os
import sys
import time
from collections.abc import Callable
from threading import get_ident
from types import CodeType, ModuleType

from greenlet import getcurrent, greenlet

from sandbox.confined.chance import seed_all
from sandbox.confined.pipe import Pipe
from sandbox.confined.ports import port
from sandbox.confined.shapes import Classes
from sandbox.confined.wire import BYTES_MAX, Stub, Wire
from sandbox.errors import UsageError
from sandbox.hashing import builtins_of_process
from sandbox.messages import Command, Event
from sandbox.messages.vocabulary import Vocabulary, own_classes

REFEREE = -1  # the number of whoever answers for the world as a whole


class Lane(greenlet):
    """A call that is being made."""

    number = 0


class Instance(Wire):
    """The submission's end of the pipe."""

    marks = True

    def __init__(self, pipe: Pipe, code: CodeType, classes: Classes) -> None:
        super().__init__(classes, first=1, filename=code.co_filename)
        self._pipe = pipe
        self._code = code
        self._module = ModuleType(classes.module)
        self._hub = getcurrent()
        self._lanes: dict[int, Lane] = {}  # by the number of their call
        self._thread = get_ident()
        self._strays: list[tuple[int, str]] = []  # calls from other threads, which are not made
        self._does: dict[str, Callable[..., object]] = {
            "load": self._load,
            "get": self._get,
            "call": self._call,
            "zone": self._set_zone,
        }

    def serve(self) -> None:
        """Do what the referee says, until it hangs up."""
        while True:
            try:
                kind, number, *rest = self.read(self._pipe.receive(BYTES_MAX))
                if kind in ("return", "raise"):
                    self._lanes[number].switch(kind, *rest)
                else:
                    self._lanes[number] = lane = Lane(self._do)
                    lane.number = number
                    lane.switch(kind, number, rest)
            except EOFError:
                return

    def ask(self, thing: int, method: str, *args: object, **options: object) -> object:
        """Put a call to the referee; what comes of it. Raises what it raises there."""
        if get_ident() != self._thread:
            self._strays.append((thing, method))
            raise UsageError(f"{method} can't be called from a thread: call it in the function itself.")
        keeps = method == "call"
        asked = tuple(options.items())
        self._send("ask", getcurrent().number, thing, method, args, asked, keeps=keeps)
        kind, value = self._hub.switch()
        if kind == "raise":
            raise value
        return value

    def kind_of(self, thing: object) -> str:
        return "function" if callable(thing) else ""

    def stub(self, number: int, kind: str) -> Stub:
        return port(self, number, kind)

    def _do(self, kind: str, number: int, rest: list) -> None:
        """Do one thing, in a lane, and answer."""
        try:
            answer = ("return", number, self._does[kind](*rest))
        except BaseException as error:  # whatever it is: the referee knows what to make of it
            answer = ("raise", number, error)
        del self._lanes[number]
        crossed = tuple(self.kept.crossed.values())  # the caller's own lists may have been changed
        try:
            self._send(*answer, crossed, keeps=True)
        except UsageError as error:  # what can't cross
            self._send("raise", number, error, (), keeps=True)
        if not self._lanes:
            self.kept.crossed.clear()

    def _send(self, *message: object, keeps: bool) -> None:
        data = self.write(*message, keeps=keeps)
        if self._strays:
            data = self.write("strays", tuple(self._strays), data)
            self._strays.clear()
        self._pipe.send(data)

    def _load(self, number: int | None) -> None:
        """Run the module's text, as a process that has just started does; `number` says which one."""
        if number is not None:
            seed_all(number)
            vars(self._module)["__builtins__"] = builtins_of_process(number)
        sys.modules[self._module.__name__] = self._module  # dataclasses and pickle look their module up
        exec(self._code, vars(self._module))
        own = own_classes(self._module)
        for cls in own.values():
            self.classes.tell(cls)  # so that an event of a store arrives as one of them
        self.published = Vocabulary(own, self._read)

    def _get(self, name: str) -> object:
        return getattr(self._module, name)

    def _call(self, function: Callable, args: tuple, options: tuple) -> object:
        return function(*args, **dict(options))

    def _set_zone(self, zone: str | None) -> None:
        """Set the machine's time zone: a grader may have moved it."""
        os.environ.pop("TZ", None)
        if zone is not None:
            os.environ["TZ"] = zone
        time.tzset()

    def _read(self, type_name: str, data: bytes) -> Event | Command:
        """Have the referee read a message whose class the code doesn't define."""
        return self.ask(REFEREE, "read", type_name, data)
