"""pytest grades notebooks: `pytest exercises/`, `pytest solutions/`, any notebook or folder.

Each `%%exercise` cell is one test. PASS passes; FAIL and UNKNOWN fail with the verdict as
the message, so that an exit status of 0 means that everything is solved.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.grading.cells import exercises_in
from sandbox.grading.grade import grade
from sandbox.grading.verdict import Verdict


class NotSolved(Exception):
    """An exercise whose verdict is not PASS."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.headline)
        self.verdict = verdict


class ExerciseItem(pytest.Item):
    """One exercise of one notebook."""

    def __init__(self, *, source: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.source = source

    def runtest(self) -> None:
        verdict = grade(self.name, self.source)
        if verdict.result != "PASS":
            raise NotSolved(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        if isinstance(excinfo.value, NotSolved):
            return excinfo.value.verdict.text()
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"exercise {self.name}"


class ExerciseFile(pytest.File):
    """A notebook with exercises."""

    def collect(self) -> Iterator[ExerciseItem]:
        for exercise, source in exercises_in(self.path).items():
            yield ExerciseItem.from_parent(self, name=exercise, source=source)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ExerciseFile | None:
    """Take every notebook, unless nbval has been asked to run them."""
    option = parent.config.option
    if file_path.suffix != ".ipynb" or getattr(option, "nbval", False) or getattr(option, "nbval_lax", False):
        return None
    return ExerciseFile.from_parent(parent, path=file_path)
