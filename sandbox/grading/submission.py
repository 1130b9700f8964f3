"""A submission: the text of one exercise cell, run in a module of its own.

Nothing of the notebook is there: the cell has to bring what it needs. Every call into it
is counted, and its exceptions are told apart from the grader's own.
"""

import linecache
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import wraps
from io import StringIO
from types import ModuleType, TracebackType

from sandbox.messages import isolated_types


class NotAttempted(Exception):
    """There is nothing to attack: the stub is untouched, or the code can't be loaded."""


class CodeRaised(Exception):
    """The submission's own code raised an exception that it should not have."""


class Submission:
    """The names that a cell defines, as attributes; functions count how often they run."""

    def __init__(self, module: ModuleType, exercise: str) -> None:
        self._module = module
        self._exercise = exercise
        self.calls = 0

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
            except Exception as error:
                shown = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
                raise CodeRaised(f"{name}({shown}) raised {describe(error)}") from error

        return call


@contextmanager
def load(source: str, exercise: str) -> Iterator[Submission]:
    """Run `source` as a module and hand out its names; leave nothing behind.

    Its output is swallowed. Raises `NotAttempted` where it can't be run to its end.
    """
    filename = f"<exercise {exercise}>"
    module = ModuleType(f"exercise_{exercise.replace('.', '_')}")
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    quiet = StringIO()
    with isolated_types(), redirect_stdout(quiet), redirect_stderr(quiet):
        sys.modules[module.__name__] = module  # dataclasses look their module up
        try:
            exec(compile(source, filename, "exec"), vars(module))
        except Exception as error:
            raise NotAttempted(f"The cell stopped before it could be tried: {describe(error)}") from error
        else:
            yield Submission(module, exercise)
        finally:
            del sys.modules[module.__name__]


def describe(error: BaseException) -> str:
    """The exception in one line, with the line of the submission that it came from."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    line = error.lineno if isinstance(error, SyntaxError) else _line(error.__traceback__)
    return f"{text} (line {line} of the cell)" if line else text


def _line(traceback: TracebackType | None) -> int | None:
    found = None
    while traceback:
        if traceback.tb_frame.f_code.co_filename.startswith("<exercise "):
            found = traceback.tb_lineno
        traceback = traceback.tb_next
    return found
