"""Grade a submission from outside: what is judged never runs in the process that judges."""

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType

from sandbox.explore.program import MODULE
from sandbox.grading.grade import SECONDS_MAX, Say, grade
from sandbox.grading.submission import Submission, module_name, not_loaded
from sandbox.grading.verdict import Verdict
from sandbox.messages import isolated_types
from sandbox.referee.processes import Nursery
from sandbox.referee.program import FarProgram
from sandbox.referee.recording import Recording


class FarSubmission(Submission):
    """A submission that runs in processes of its own."""

    def __init__(
        self, nursery: Nursery, programs: ExitStack, source: str, exercise: str, say: Say = None
    ) -> None:
        self._nursery = nursery
        self._programs = programs  # where they are closed in the end
        self._recording = Recording()
        self._far: FarProgram | None = None
        super().__init__(source, exercise, say)

    def program(self, source: str, filename: str) -> FarProgram:
        """The program that scenarios are played with."""
        return self._new(MODULE, None if self._recording.broken else self._recording)

    def _start(self) -> ModuleType:
        try:
            if self._far is None:
                self._far = self._new(module_name(self._exercise), None)
            self._far.unload()
            return self._far.load().module
        except (Exception, SystemExit) as error:
            raise not_loaded(error) from error

    def _new(self, module: str, recording: Recording | None) -> FarProgram:
        made = FarProgram(self._nursery, self.source, self.filename, module, recording)
        self._programs.callback(made.close)
        return made


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
    def _load(self, source: str, exercise: str, say: Say) -> Iterator[Submission]:
        if not self._nursery.is_alive():
            self._nursery.close()
            self._nursery = Nursery()
        with isolated_types(), ExitStack() as programs:
            yield FarSubmission(self._nursery, programs, source, exercise, say)


_referee: Referee | None = None


def grade_isolated(exercise: str, source: str, *, seconds: float = SECONDS_MAX) -> Verdict:
    """The verdict on somebody else's `source`: the same as in process, and out of its reach."""
    global _referee
    if _referee is None:
        _referee = Referee()
        atexit.register(_referee.close)
    return _referee.grade(exercise, source, seconds=seconds)
