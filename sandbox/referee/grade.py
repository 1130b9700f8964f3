"""Grade a submission from outside: what is judged never runs in the process that judges."""

import atexit
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType

from sandbox.explore.program import MODULE
from sandbox.grading.grade import SECONDS_MAX, grade
from sandbox.grading.submission import Submission, module_name, not_loaded
from sandbox.grading.verdict import Verdict
from sandbox.messages import isolated_types
from sandbox.referee.processes import Nursery
from sandbox.referee.program import FarProgram


class FarSubmission(Submission):
    """A submission that runs in processes of its own."""

    def __init__(self, program: Callable[..., FarProgram], source: str, exercise: str) -> None:
        self.program = program
        self._far: FarProgram | None = None
        super().__init__(source, exercise)

    def _start(self) -> ModuleType:
        try:
            if self._far is None:
                self._far = self.program(self.source, self.filename, module_name(self._exercise))
            self._far.unload()
            return self._far.load()
        except (Exception, SystemExit) as error:
            raise not_loaded(error) from error


class Referee:
    """Grades one submission after the other. Its processes are started once, and kept."""

    def __init__(self) -> None:
        self._nursery = Nursery()

    def grade(self, exercise: str, source: str, *, seconds: float = SECONDS_MAX) -> Verdict:
        """The verdict, the same as that of `sandbox.grading.grade`, which see."""
        return grade(exercise, source, seconds=seconds, load=self._load)

    def close(self) -> None:
        """End all processes."""
        self._nursery.close()

    @contextmanager
    def _load(self, source: str, exercise: str) -> Iterator[Submission]:
        if not self._nursery.is_alive():
            self._nursery.close()
            self._nursery = Nursery()
        with isolated_types(), ExitStack() as programs:

            def program(source: str, filename: str, module: str = MODULE) -> FarProgram:
                made = FarProgram(self._nursery, source, filename, module)
                programs.callback(made.close)
                return made

            yield FarSubmission(program, source, exercise)


_referee: Referee | None = None


def grade_isolated(exercise: str, source: str, *, seconds: float = SECONDS_MAX) -> Verdict:
    """The verdict on somebody else's `source`: the same as in process, and out of its reach."""
    global _referee
    if _referee is None:
        _referee = Referee()
        atexit.register(_referee.close)
    return _referee.grade(exercise, source, seconds=seconds)
