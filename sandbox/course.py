"""Where the course's sources are: `lessons/`, beside the package, one folder a lesson."""

import re
from pathlib import Path

from sandbox.errors import UsageError

TITLE = re.compile(r"^# # \d\d · (.+)$", re.MULTILINE)
LESSONS = Path(__file__).resolve().parents[1] / "lessons"


def lesson_folder(number: str) -> Path:
    """The folder of lesson `number` ("01"). Raises `UsageError` where there is none."""
    if not LESSONS.is_dir():
        raise UsageError(
            f"the course's sources are not at {LESSONS}. Work in a clone of the course: "
            "exercises and questions are read from its folder lessons/."
        )
    found = sorted(LESSONS.glob(f"{number}_*/"))
    if not found:
        known = ", ".join(folder.name for folder in lesson_folders()) or "none"
        raise UsageError(f"there is no lesson {number!r}; there are: {known}.")
    return found[0]


def lesson_folders() -> list[Path]:
    """All lessons, in their order."""
    return sorted(path for path in LESSONS.glob("[0-9][0-9]_*/") if path.is_dir())


def title_of(folder: Path) -> str:
    """The title of a lesson: its text's first heading; what its folder is called where it has none."""
    for name in ("lesson.py", "exercises.py"):
        if (folder / name).is_file() and (found := TITLE.search((folder / name).read_text(encoding="utf-8"))):
            return found[1]
    return folder.name[3:].replace("_", " ")
