"""What a lesson says of itself: number, title, time, what it needs, its exercises. Nothing is typed twice."""

import re
from dataclasses import dataclass
from pathlib import Path

from sandbox.course import title_of

MINUTES = re.compile(r"\*\*Time:\*\* (\d+) minutes")
NEEDS = re.compile(r"\*\*You need:\*\* (.+?)(?=\n\s*\n|\Z)", re.DOTALL)
EXERCISE = re.compile(r"^## (\d\d\.\d+) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class About:
    """The head of one lesson; `minutes` is 0 and `needs` empty where its text doesn't say."""

    name: str  # of its folder and its notebooks: 01_events
    title: str
    is_written: bool  # is there more than exercises?
    minutes: int
    needs: str
    exercises: tuple[tuple[str, str], ...]  # number and title

    @property
    def number(self) -> str:
        """`01`."""
        return self.name[:2]

    @property
    def topic(self) -> str:
        """`events`: what its folder is called."""
        return self.name[3:].replace("_", " ")


def about(folder: Path) -> About:
    """What the lesson in `folder` says of itself."""
    lesson = _text(folder / "lesson.py")
    minutes, needs = MINUTES.search(lesson), NEEDS.search(lesson)
    return About(
        folder.name,
        title_of(folder),
        bool(lesson),
        int(minutes[1]) if minutes else 0,
        " ".join(needs[1].split()).rstrip(".") if needs else "",
        tuple(EXERCISE.findall(_text(folder / "exercises.py"))),
    )


def _text(path: Path) -> str:
    """The prose of a text, without its comment marks; nothing where there is no such text."""
    return re.sub(r"^# ?", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE) if path.is_file() else ""
