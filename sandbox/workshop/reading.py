"""What is in a file that was handed in, whatever it is called and in whatever state it is."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import PurePosixPath

from sandbox.course import lesson_folders
from sandbox.errors import UsageError
from sandbox.grading.cells import exercises_of, notebook_cells, python_parts
from sandbox.grading.grader import find_grader, graders_of
from sandbox.workshop.files import Found

MARKED = re.compile(r"^[ \t]*%%exercise\b", re.MULTILINE)
NAMED_MAX = 5  # problems of one file that are told one by one
NUMBER_LONGEST = 20


@dataclass(frozen=True)
class Read:
    """The texts of a file by exercise, and what of it can't be graded."""

    sources: dict[str, str]
    problems: tuple[str, ...] = ()


def exercises_of_file(found: Found) -> Read:
    """The exercises in it, under the numbers that the course has for them."""
    if found.problem:
        return Read({}, (found.problem,))
    if "solutions" in PurePosixPath(found.name).parts[1:-1]:
        return Read({}, ("it lies in a folder solutions/: that is the course's own work",))
    try:
        cells = _cells(found)
    except ValueError as problem:
        return Read({}, (str(problem),))
    marked = exercises_of(cells)
    sources, wrong = {}, {}
    for number, source in marked.items():
        exercise = f"0{number}" if number[1:2] == "." else number  # 8.2 is 08.2
        if exercise in known_exercises() and _is_whole(source):
            sources[exercise] = source
        else:
            wrong[number] = source
    problems = [_why(number[:NUMBER_LONGEST], wrong[number]) for number in list(wrong)[:NAMED_MAX]]
    if len(wrong) > NAMED_MAX:
        problems.append(f"and {len(wrong) - NAMED_MAX:,} more of that kind")
    if unclear := sum(bool(MARKED.search(cell)) and not exercises_of([cell]) for cell in cells):
        problems.append(
            f"{unclear} cells name %%exercise, but not in their first line, alone with its number; "
            "they are not graded"
        )
    if not marked and not problems:
        problems.append("it has no cell that begins with %%exercise")
    return Read(sources, tuple(problems))


def _why(number: str, source: str) -> str:
    """Why the cell of this number can't be graded."""
    try:
        find_grader(number)
    except UsageError as error:
        close = get_close_matches(number, known_exercises(), n=3)
        meant = f". Did you mean {' or '.join(sorted(close))}?" if close else ""
        return f"{str(error).rstrip('.')}{meant}"
    return f"exercise {number} has half a character (a lone surrogate) in its cell: no Python reads that"


@cache
def known_exercises() -> tuple[str, ...]:
    """The numbers of all exercises, in their order."""
    folders = [folder for folder in lesson_folders() if (folder / "grader.py").is_file()]
    return tuple(exercise for folder in folders for exercise in sorted(graders_of(folder)))


def _cells(found: Found) -> list[str]:
    """The cells of a notebook, or of a Python text, whatever its name ends in."""
    if not found.data.strip():
        raise ValueError("it is empty")
    suffix = PurePosixPath(found.name).suffix.lower()
    is_expected = suffix in (".ipynb", ".py")
    try:
        text = found.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        other = "" if is_expected else "neither a notebook nor Python: "
        raise ValueError(f"it is {other}no text in UTF-8") from None
    try:
        return notebook_cells(text)
    except ValueError as error:
        if (parts := python_parts(text)) or suffix == ".py":
            return parts
        if suffix == ".ipynb":
            raise ValueError(f"it is no notebook that can be read: {error}") from None
        raise ValueError("it is neither a notebook nor Python with %%exercise in it") from None


def _is_whole(source: str) -> bool:
    try:
        source.encode()
    except UnicodeEncodeError:
        return False
    return True
