"""The submission as a program: compiled once, loaded afresh for every process.

Loading runs the module's code in a new namespace, so nothing that it kept in memory lives
on: no global, closure, default argument, cache or class attribute. Where the
namespace of a process that is over can be put back to how it was, that is used (`memory`).
"""

import linecache
import sys
from types import CodeType, ModuleType

from sandbox.explore.memory import Snapshot
from sandbox.hashing import asks_for_hashes, builtins_of_process
from sandbox.messages.vocabulary import own_classes

MODULE = "submission"


class StartAgain(BaseException):
    """The program has taken the code for something that it is not: explore it anew."""


class Program:
    """The text of a module, ready to be started any number of times."""

    def __init__(self, source: str, filename: str = "<submission>") -> None:
        """Raises `SyntaxError` where the text is no Python."""
        self.filename = filename
        self._code = compile(source, filename, "exec")
        self._spare: list[Loaded] = []
        self._hashes = asks_for_hashes(self._code)
        self._started = 0  # processes, in this run
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)

    def load(self) -> "Loaded":
        """A module of this text, for a process that has just started. Raises what its code raises."""
        if self._spare:
            loaded = self._spare.pop()
            sys.modules[MODULE] = loaded.module
            return loaded
        module = ModuleType(MODULE)
        sys.modules[MODULE] = module  # dataclasses and pickle look their module up
        if self._hashes:
            vars(module)["__builtins__"] = builtins_of_process(self._started)
        self._started += 1
        exec(self._code, module.__dict__)
        return Loaded(module)

    def give_back(self, loaded: "Loaded") -> None:
        """Its process is over: the next one may have the module, if it can be made to forget."""
        if not self._hashes and loaded.snapshot.put_back():
            self._spare.append(loaded)

    def unload(self) -> None:
        """The run is over."""
        self._started = 0

    def is_ours(self, code: CodeType) -> bool:
        """Does this code stand in the program's text?"""
        return code.co_filename == self.filename


class Loaded:
    """A module that was loaded for a process."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.classes = own_classes(module)
        self.snapshot = Snapshot(module)
