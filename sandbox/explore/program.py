"""The submission as a program: compiled once, loaded afresh for every process.

Loading runs the module's code in a new namespace, so nothing that it kept in memory lives
on: no global, closure, default argument, cache or class attribute.
"""

import linecache
import sys
from types import CodeType, ModuleType

MODULE = "submission"


class StartAgain(BaseException):
    """The program has taken the code for something that it is not: explore it anew."""


class Program:
    """The text of a module, ready to be started any number of times."""

    def __init__(self, source: str, filename: str = "<submission>") -> None:
        """Raises `SyntaxError` where the text is no Python."""
        self.filename = filename
        self._code = compile(source, filename, "exec")
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)

    def load(self) -> ModuleType:
        """A new module of this text: a process that has just started. Raises what its code raises."""
        module = ModuleType(MODULE)
        sys.modules[MODULE] = module  # dataclasses and pickle look their module up
        exec(self._code, module.__dict__)
        return module

    def unload(self) -> None:
        """The run is over. In this process, nothing needs to be let go."""

    def is_ours(self, code: CodeType) -> bool:
        """Does this code stand in the program's text?"""
        return code.co_filename == self.filename
