"""How far a learner has come: kept in a file beside the exercises, which never leaves the machine.

What is run in `solutions/` is nobody's work, and is not counted. `SANDBOX_PROGRESS` names
another file.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from sandbox.course import LESSONS, lesson_folder, lesson_folders, title_of
from sandbox.grading.grader import Grader, graders_of
from sandbox.grading.verdict import SIGN, Verdict

COURSE = LESSONS.parent
listeners: list[Callable[[Verdict], None]] = []  # told of each attempt, where the learner has asked for it


@dataclass(frozen=True)
class Row:
    """One exercise: its last result, how often it was tried, and whether it was ever solved."""

    grader: Grader
    result: str = ""
    attempts: int = 0
    solved: bool = False

    @property
    def words(self) -> str:
        """`✓ solved, 3 attempts`."""
        if not self.attempts:
            return "– not tried yet"
        count = f"{self.attempts} attempt{'s' * (self.attempts > 1)}"
        now = "" if self.result == "PASS" or not self.solved else f", now {self.result}"
        return f"{'✓ solved' if self.solved else SIGN[self.result] + ' ' + self.result}{now}, {count}"


class Progress:
    """All exercises of the course, and what became of each. Shows itself as a table."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    @property
    def headline(self) -> str:
        """How many are solved."""
        return f"{sum(row.solved for row in self.rows)} of {len(self.rows)} exercises solved"

    @property
    def by_lesson(self) -> "ByLesson":
        """A line for each lesson."""
        return ByLesson(self)

    def __repr__(self) -> str:
        lines = [f"{row.grader.exercise}  {row.words:<28} {row.grader.title}" for row in self.rows]
        return "\n".join([self.headline, *lines])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        lines = "".join(
            f"<tr><th scope='row'>{row.grader.exercise}</th><td style='text-align:left'>"
            f"{escape(row.grader.title)}</td><td style='text-align:left'>{row.words}</td></tr>"
            for row in self.rows
        )
        table = f"<table><caption>{self.headline}</caption><tbody>{lines}</tbody></table>"
        return {"text/plain": repr(self), "text/html": table}


class ByLesson:
    """The same in brief: a line for each lesson, a sign for each exercise."""

    def __init__(self, progress: Progress) -> None:
        self.headline = progress.headline
        self.lessons: dict[str, list[Row]] = {}
        for row in progress.rows:
            self.lessons.setdefault(row.grader.exercise[:2], []).append(row)

    def __repr__(self) -> str:
        lines = [
            f"{number}  {'  '.join(_brief(row) for row in rows):<42}  {_title(number)}"
            for number, rows in self.lessons.items()
        ]
        return "\n".join([self.headline, *lines])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        lines = "".join(
            f"<tr><th scope='row'>{number}</th><td style='text-align:left'>{escape(_title(number))}</td>"
            f"<td style='text-align:left'>{' &nbsp; '.join(_brief(row) for row in rows)}</td></tr>"
            for number, rows in self.lessons.items()
        )
        table = f"<table><caption>{self.headline}</caption><tbody>{lines}</tbody></table>"
        return {"text/plain": repr(self), "text/html": table}


def _brief(row: Row) -> str:
    """`✓ 01.2`; `–` where it was not tried yet."""
    sign = "–" if not row.attempts else SIGN["PASS"] if row.solved else SIGN[row.result]
    return f"{sign} {row.grader.exercise}"


def _title(number: str) -> str:
    return title_of(lesson_folder(number))


def progress() -> Progress:
    """What was tried and solved so far, over the whole course."""
    kept = _read()
    folders = [folder for folder in lesson_folders() if (folder / "grader.py").is_file()]
    graders = [grader for folder in folders for _, grader in sorted(graders_of(folder).items())]
    return Progress([Row(grader, **kept.get(grader.exercise, {})) for grader in graders])


def note(verdict: Verdict) -> None:
    """Keep what became of one attempt. A file that can't be written is no reason to lose a verdict."""
    if Path.cwd() == COURSE / "solutions":
        return
    kept, file = _read(), progress_file()
    known = kept.get(verdict.grader.exercise, {"attempts": 0, "solved": False})
    kept[verdict.grader.exercise] = {
        "result": verdict.result,
        "attempts": known["attempts"] + 1,
        "solved": known["solved"] or verdict.result == "PASS",
    }
    half = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        half.write_text(json.dumps(kept, indent=1, sort_keys=True), encoding="utf-8")
        os.replace(half, file)
    except OSError as error:
        print(f"Your progress could not be kept in {file}: {error.strerror}.")
    for listener in listeners:
        listener(verdict)


def progress_file() -> Path:
    """Where it is kept."""
    return Path(os.environ.get("SANDBOX_PROGRESS") or COURSE / "exercises" / "progress.json")


def _read() -> dict[str, dict]:
    """What the file has; nothing where it is not there, or damaged."""
    try:
        found = json.loads(progress_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {exercise: row for exercise, row in found.items() if set(row) == {"result", "attempts", "solved"}}
