"""Grade a submission from outside: what is judged never runs in the process that judges."""

import atexit
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType

from sandbox.confined.lockdown import LANDLOCK, LIMITS, NAMESPACES
from sandbox.explore import Budget
from sandbox.explore.program import MODULE
from sandbox.grading.grade import SECONDS_MAX, Say, grade
from sandbox.grading.submission import Submission, module_name, not_loaded
from sandbox.grading.verdict import Verdict
from sandbox.messages import isolated_types
from sandbox.referee.processes import CONFINED, Nursery
from sandbox.referee.program import FarProgram
from sandbox.referee.recording import Recording

SECONDS_OF_SCHEDULES = 120.0  # code that looks at the clock is never played back, so it takes its time
WORDS = {
    NAMESPACES: "confined by namespaces and a filter of system calls",
    LANDLOCK: "confined by Landlock and a filter of system calls",
    LIMITS: "with limits of time and memory only; it could read files and use the network",
}


class FarSubmission(Submission):
    """A submission that runs in processes of its own."""

    budget = Budget(seconds=SECONDS_OF_SCHEDULES)

    def __init__(
        self, nursery: Nursery, programs: ExitStack, source: str, exercise: str, say: Say = None
    ) -> None:
        self._nursery = nursery
        self._programs = programs  # where they are closed in the end
        self._recording: Recording | None = Recording()
        self._far: FarProgram | None = None
        super().__init__(source, exercise, say)

    def program(self, source: str, filename: str) -> FarProgram:
        """The program that scenarios are played with."""
        if self._recording and self._recording.broken:
            self._recording = None if self._recording.seeded else Recording(seeded=True)
        return self._new(MODULE, self._recording)

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
    """Grades one submission after the other, from outside. Its processes are started once, and kept."""

    def __init__(self, levels: Sequence[str] = CONFINED) -> None:
        """`levels` of confinement that will do, the best first; what works here is tried.

        Raises `NotSupportedHere` where none of them does.
        """
        self._levels = tuple(levels)
        self._nursery = Nursery(self._levels)

    @property
    def confinement(self) -> str:
        """How submissions are confined here, in words."""
        return WORDS[self._nursery.level]

    @property
    def is_alive(self) -> bool:
        """Is the process there that all others come from? No submission can end it; somebody outside can."""
        return self._nursery.is_alive()

    def grade(self, exercise: str, source: str, *, seconds: float = SECONDS_MAX, say: Say = None) -> Verdict:
        """The verdict, the same as that of `sandbox.grading.grade`, which see."""
        verdict = grade(exercise, source, seconds=seconds, say=say, load=self._load)
        verdict.confinement = self.confinement
        return verdict

    def close(self) -> None:
        """End all processes."""
        self._nursery.close()

    @contextmanager
    def _load(self, source: str, exercise: str, say: Say) -> Iterator[Submission]:
        if not self._nursery.is_alive():
            self._nursery.close()
            self._nursery = Nursery(self._levels)
        with isolated_types(), ExitStack() as programs:
            yield FarSubmission(self._nursery, programs, source, exercise, say)


_referees: dict[Sequence[str], Referee] = {}  # by levels


def grade_isolated(
    exercise: str,
    source: str,
    *,
    seconds: float = SECONDS_MAX,
    say: Say = None,
    levels: Sequence[str] = CONFINED,
) -> Verdict:
    """The verdict on somebody else's `source`: the same as in process, and out of its reach.

    Raises `NotSupportedHere` where this machine offers none of these `levels` of confinement
    (`sandbox.confined.lockdown`), `UsageError` where there is no such exercise.
    """
    if levels not in _referees:
        _referees[levels] = Referee(levels)
        atexit.register(_referees[levels].close)
    return _referees[levels].grade(exercise, source, seconds=seconds, say=say)
