"""`python -m tools.teaching [NN]`: write the teacher's pages of one lesson, or of all, and the times."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.explore import Budget
from sandbox.grading import Verdict, grade
from sandbox.grading.submission import Submission, load
from tools.lessons.build import Course
from tools.teaching.pages import made_from
from tools.teaching.times import with_times

SECONDS_MAX = 600  # of one exploration


def main(arguments: list[str] | None = None) -> int:
    """Write what differs; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.teaching", description=__doc__)
    parser.add_argument("lesson", nargs="?", default="", help="its number, as in 01")
    course = Course()
    lessons = course.lessons(parser.parse_args(arguments).lesson)
    if not lessons:
        parser.error("there is no such lesson in lessons/")
    for lesson in lessons:
        print(f"{lesson.name} ...", flush=True)
        for path, text in made_from(course.root, lesson, _patient).items():
            _write(path, text)
    guide = course.root / "docs" / "teaching.md"
    _write(guide, with_times(guide.read_text(encoding="utf-8"), course))
    return 0


def _patient(exercise: str, source: str) -> Verdict:
    """The verdict, however busy this machine is."""

    @contextmanager
    def loaded(*arguments: object) -> Iterator[Submission]:
        with load(*arguments) as submission:
            submission.budget = Budget(seconds=SECONDS_MAX)
            yield submission

    return grade(exercise, source, load=loaded)


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"  {path.name}")


if __name__ == "__main__":
    sys.exit(main())
