"""`python -m tools.lessons build [NN] [--reset]` and `… check [NN] [--strict]`."""

import argparse
import sys
import time
from pathlib import Path

from tools.lessons import sheets
from tools.lessons.build import Course
from tools.lessons.execute import CellFailed
from tools.lessons.source import SourceError


def main(arguments: list[str] | None = None, course: Course = Course()) -> int:  # noqa: B008
    """Build or check; 0 where all is well."""
    parser = argparse.ArgumentParser(prog="python -m tools.lessons", description=__doc__)
    parser.add_argument("command", choices=["build", "check"])
    parser.add_argument(
        "lesson",
        nargs="?",
        default="",
        help="its number, as in 01, or index or glossary; everything without it",
    )
    parser.add_argument("--reset", action="store_true", help="build: put the exercises back, after a backup")
    parser.add_argument("--strict", action="store_true", help="check: learners' work counts as a difference")
    options = parser.parse_args(arguments)
    texts = course.texts(options.lesson)
    if not texts:
        parser.error(f"there is no lesson {options.lesson!r} in lessons/")
    problems = [] if options.lesson else [*course.orphans(), *sheets.orphans(course.root)]
    for text in texts:
        start = time.monotonic()
        print(f"{text.stem} ...", flush=True)
        try:
            problems += _one(course, text, options)
        except (CellFailed, SourceError) as error:
            problems.append(str(error))
        print(f"  {time.monotonic() - start:.1f} s", flush=True)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _one(course: Course, text: Path, options: argparse.Namespace) -> list[str]:
    """Build or check what is made from one text; what is wrong with it."""
    built = course.build(text)
    if options.command == "check":
        return [*course.stale(built, strict=options.strict), *sheets.stale(course.root, text)]
    for path, notebook in built.items():
        outcome = course.write(path, notebook, reset=options.reset)
        print(f"  {path.relative_to(course.root)}: {outcome}")
    if sheet := sheets.write(course.root, text):
        print(f"  {sheet.relative_to(course.root)}")
    return []


if __name__ == "__main__":
    sys.exit(main())
