"""Which lessons go into a package: a path of `lessons/paths.toml`, or their numbers."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from sandbox.course import LESSONS, lesson_folder, title_of
from sandbox.errors import UsageError
from sandbox.grading.grader import Grader, graders_of

MINUTES = re.compile(r"\*\*Time:\*\* (\d+) minutes")


@dataclass(frozen=True)
class Lesson:
    """One lesson of the package."""

    folder: Path

    @property
    def name(self) -> str:
        """Of its folder and its notebooks: `01_events`."""
        return self.folder.name

    @property
    def number(self) -> str:
        """`01`."""
        return self.name[:2]

    @property
    def title(self) -> str:
        """Its heading."""
        return title_of(self.folder)

    @cached_property
    def graders(self) -> dict[str, Grader]:
        """Its exercises; none, where it has none."""
        return dict(sorted(graders_of(self.folder).items())) if (self.folder / "grader.py").is_file() else {}

    @property
    def minutes(self) -> int:
        """For reading and running, as its text says; 0 where it doesn't say."""
        text = self.folder / "lesson.py"
        found = MINUTES.search(text.read_text(encoding="utf-8")) if text.is_file() else None
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class Chosen:
    """The lessons of a package, and what they are called together."""

    name: str
    why: str
    lessons: tuple[Lesson, ...]
    minutes_per_exercise: int

    @property
    def slug(self) -> str:
        """The name as part of a file's name: `half-a-day`."""
        return _slug(self.name)

    @property
    def numbers(self) -> set[str]:
        """The lessons' numbers."""
        return {lesson.number for lesson in self.lessons}

    @property
    def minutes(self) -> int:
        """For all of it."""
        exercises = sum(len(lesson.graders) for lesson in self.lessons)
        return sum(lesson.minutes for lesson in self.lessons) + exercises * self.minutes_per_exercise


def choose(path: str | None, numbers: Sequence[str] = ()) -> Chosen:
    """The lessons of the path with this name, or those with these numbers. Raises `UsageError`."""
    paths = LESSONS / "paths.toml"
    if not paths.is_file():
        raise UsageError(f"{paths} is not there: make a release in a clone of the course, not in a package.")
    told = tomllib.loads(paths.read_text(encoding="utf-8"))
    if bool(path) == bool(numbers):
        raise UsageError(f"name either a path or lessons: --path {_quoted(told)}, or --lessons 00 01.")
    if path:
        found = [each for each in told["path"] if _slug(each["name"]) == _slug(path)]
        if not found:
            raise UsageError(f"there is no path {path!r}{_meant(path, told)}; there are: {_quoted(told)}.")
        name, why, numbers = found[0]["name"], found[0]["why"], found[0]["lessons"]
    else:
        numbers = sorted({number.zfill(2) for each in numbers for number in each.split(",") if number})
        name, why = f"Lessons {' '.join(numbers)}", ""
    lessons = tuple(Lesson(lesson_folder(number)) for number in numbers)
    return Chosen(name, why, lessons, told["minutes_per_exercise"])


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _quoted(told: dict) -> str:
    return ", ".join(f'"{path["name"]}"' for path in told["path"])


def _meant(path: str, told: dict) -> str:
    names = {_slug(each["name"]): each["name"] for each in told["path"]}
    close = get_close_matches(_slug(path), names, n=1)
    return f' (did you mean "{names[close[0]]}"?)' if close else ""
