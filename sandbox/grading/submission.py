"""A submission: the text of one exercise cell, run in a module of its own.

Nothing of the notebook is there: the cell has to bring what it needs. Every call into it
is counted, and its exceptions are told apart from the grader's own.
"""

import linecache
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import wraps
from io import TextIOBase
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from sandbox.explore import Budget, Exploration
from sandbox.explore.program import Program
from sandbox.hashing import builtins_of_process
from sandbox.messages import isolated_types

if TYPE_CHECKING:
    from sandbox.grading.breaking import Strike

FILENAME = "<exercise {}>"


class NotAttempted(Exception):
    """There is nothing to attack: the stub is untouched, or the code can't be loaded."""


class CodeRaised(Exception):
    """The submission's own code raised an exception that it should not have."""


class Submission:
    """The names that a cell defines, as attributes; functions count how often they run."""

    budget: Budget | None = None  # of an exploration; none: the usual one

    def __init__(self, source: str, exercise: str, say: Callable[[str], None] | None = None) -> None:
        self.source = source
        self.say = say  # how it goes on
        self.filename = FILENAME.format(exercise)  # the file that a traceback names
        self._exercise = exercise
        self._starts = 0
        self._module = self._start()
        self.calls = 0
        self.explorations: list[Exploration] = []  # what became of its scenarios
        self.strikes: list[Strike] = []  # what its schedules have done to a victim

    def restart(self) -> None:
        """Crash and start again: all that the cell kept in memory is gone."""
        self._module = self._start()

    def program(self, source: str, filename: str) -> Program:
        """The program that scenarios are played with."""
        return Program(source, filename)

    def _start(self) -> ModuleType:
        self._starts += 1
        return _run(self.source, self._exercise, self._starts)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            value = getattr(self._module, name)
        except AttributeError:
            raise NotAttempted(
                f"The cell defines no {name!r}. Keep the name that the exercise gives."
            ) from None
        if callable(value) and not isinstance(value, type):
            return self._watched(name, value)
        return value

    def _watched(self, name: str, function: Callable) -> Callable:
        @wraps(function)
        def call(*args: object, **kwargs: object) -> object:
            self.calls += 1
            try:
                return function(*args, **kwargs)
            except NotImplementedError as error:
                raise NotAttempted(str(error) or f"{name} is not written yet.") from error
            except (Exception, SystemExit) as error:  # or exit() would end the grader, as a success
                shown = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
                raise CodeRaised(f"{name}({shown}) raised {describe(error)}") from error

        return call


@contextmanager
def load(source: str, exercise: str, say: Callable[[str], None] | None = None) -> Iterator[Submission]:
    """Run `source` as a module and hand out its names; leave nothing behind.

    Its output is swallowed. Raises `NotAttempted` where it can't be run to its end.
    """
    quiet = _Nowhere()
    with isolated_types(), redirect_stdout(quiet), redirect_stderr(quiet):
        try:
            yield Submission(source, exercise, say)
        finally:
            sys.modules.pop(module_name(exercise), None)


class _Nowhere(TextIOBase):
    """Takes any amount of output, and keeps none."""

    def write(self, text: str) -> int:
        return len(text)


def _run(source: str, exercise: str, process: int) -> ModuleType:
    filename = FILENAME.format(exercise)
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    module = ModuleType(module_name(exercise))
    sys.modules[module.__name__] = module  # dataclasses look their module up
    vars(module)["__builtins__"] = builtins_of_process(process)
    try:
        exec(compile(source, filename, "exec"), vars(module))
    except (Exception, SystemExit) as error:
        raise not_loaded(error) from error
    return module


def not_loaded(error: BaseException) -> NotAttempted:
    """What to say of a cell that raises `error` when it is run."""
    return NotAttempted(f"The cell stopped before it could be tried: {describe(error)}")


def module_name(exercise: str) -> str:
    """What a cell's module is called, where it is not a program of the explorer's."""
    return f"exercise_{exercise.replace('.', '_')}"


def is_submitted(code: CodeType) -> bool:
    """Whether this code stands in a submission's cell."""
    return code.co_filename.startswith(FILENAME.partition("{")[0])


def describe(error: BaseException) -> str:
    """The exception in one line, with the line of the submission that it came from."""
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    text = f"{type(error).__name__}: {reason}" if reason else type(error).__name__
    line = error.lineno if isinstance(error, SyntaxError) else _line(error)
    return f"{text} (line {line} of the cell)" if line else text


def _line(error: BaseException) -> int | None:
    found = getattr(error, "sandbox_line", None)  # where it was raised in another process
    traceback = error.__traceback__
    while traceback:
        if is_submitted(traceback.tb_frame.f_code):
            found = traceback.tb_lineno
        traceback = traceback.tb_next
    return found
