"""Find the exercises in a file: the cells of a notebook, or the parts of a Python file.

A cell is found by its first line, `%%exercise 01.2`, and by nothing else, so that lost
metadata, moved cells and renamed files don't matter.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from sandbox.errors import UsageError

MARK = re.compile(r"^(?:#\s*)?%%exercise\s+(\S+)[^\S\n]*$", re.MULTILINE)
CELL = re.compile(r"^# %%(?:[^\S\n].*)?$", re.MULTILINE)  # where, in py:percent, the next cell begins


def exercises_in(path: Path) -> dict[str, str]:
    """Each exercise of the file, and the source that solves it; of two, the last counts.

    Raises `UsageError` where the file can't be read as a notebook or as Python text.
    """
    if not path.is_file():
        raise UsageError(f"there is no file {path}.")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8.") from None
    if path.suffix != ".ipynb":
        return exercises_of(python_parts(text))
    try:
        return exercises_of(notebook_cells(text))
    except ValueError as error:
        raise UsageError(f"{path} is no notebook that can be read: {error}.") from error


def exercises_of(sources: Iterable[str]) -> dict[str, str]:
    """Each exercise of these cells, and the source that solves it; of two, the last counts."""
    found = {}
    for source in sources:
        if mark := MARK.match(source.lstrip()):
            found[mark[1]] = source.lstrip()[mark.end() :].lstrip("\n")
    return found


def source_for(exercise: str, path: Path) -> str:
    """The source in `path` that solves `exercise`.

    A Python file without any `%%exercise` line is taken whole. Raises `UsageError` where
    the file has exercises, and this one is not among them.
    """
    found = exercises_in(path)
    if exercise in found:
        return found[exercise]
    if path.suffix != ".ipynb" and not found:
        return path.read_text(encoding="utf-8")
    has = f"it has: {', '.join(sorted(found))}" if found else "it has none"
    raise UsageError(f"{path} has no cell that begins with %%exercise {exercise}; {has}.")


def notebook_cells(text: str) -> list[str]:
    """The code cells of a notebook's text. Raises `ValueError` where it is no notebook."""
    try:
        cells = json.loads(text)["cells"]
        return ["".join(cell.get("source", "")) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(repr(error)) from error
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def python_parts(text: str) -> list[str]:
    """The parts of a Python text, each beginning with its `%%exercise` line."""
    starts = [mark.start() for mark in MARK.finditer(text)]
    parts = [text[a:b] for a, b in zip(starts, [*starts, len(text)][1:], strict=True)]
    return [CELL.split(part)[0] for part in parts]
