"""The submission as a program: compiled once, loaded afresh for every process.

Loading runs the module's code in a new namespace, so nothing that it kept in memory lives
on: no global, closure, default argument, cache or class attribute. Where the
namespace of a process that is over can be put back to how it was, that is used (`memory`).
"""

import linecache
import sys
from collections.abc import Callable
from types import CodeType, ModuleType

import msgspec

from sandbox.errors import UnreadableRecord
from sandbox.explore.memory import Snapshot
from sandbox.messages import Command, Event
from sandbox.messages.event import Payload

MODULE = "submission"


class Program:
    """The text of a module, ready to be started any number of times."""

    def __init__(self, source: str, filename: str = "<submission>") -> None:
        """Raises `SyntaxError` where the text is no Python."""
        self.filename = filename
        self._code = compile(source, filename, "exec")
        self._spare: list[Loaded] = []
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)

    def load(self) -> "Loaded":
        """A module of this text, for a process that has just started. Raises what its code raises."""
        if self._spare:
            loaded = self._spare.pop()
            sys.modules[MODULE] = loaded.module
            return loaded
        module = ModuleType(MODULE)
        sys.modules[MODULE] = module  # dataclasses and pickle look their module up
        exec(self._code, module.__dict__)
        return Loaded(module)

    def give_back(self, loaded: "Loaded") -> None:
        """Its process is over: the next one may have the module, if it can be made to forget."""
        if loaded.snapshot.put_back():
            self._spare.append(loaded)

    def is_ours(self, code: CodeType) -> bool:
        """Does this code stand in the program's text?"""
        return code.co_filename == self.filename


class Loaded:
    """A module that was loaded for a process."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.classes = {
            value.type_name: value
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Payload) and value.__module__ == MODULE
        }
        self.snapshot = Snapshot(module)


class Vocabulary:
    """How one process reads messages: with the classes of its own code, as any service does.

    What its code doesn't define is read with the classes that were published on the bus.
    """

    def __init__(self, classes: dict[str, type[Payload]], read: Callable[[str, bytes], Payload]) -> None:
        self._own = classes
        self._read = read

    def read(self, type_name: str, data: bytes) -> Event | Command:
        """See `Published.read`."""
        own = self._own.get(type_name)
        if own is None:
            return self._read(type_name, data)
        try:
            return own.from_json(data)
        except msgspec.MsgspecError as error:
            raise UnreadableRecord(f"the data of {type_name} does not fit its class: {error}") from error
