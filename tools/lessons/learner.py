"""What a learner wrote into an exercises notebook is never lost by a rebuild.

Each exercise cell carries the hash of the stub that it was made with. A cell whose text
still has that hash is untouched and may be renewed; any other text is the learner's.
What has no place in the new notebook goes into a copy beside it.
"""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.lessons.notebook import content_id, short_hash

EXERCISE = re.compile(r"\s*%%exercise[ \t]+(\S+)[ \t]*(?:\n|$)")
OURS = ("tags", "sandbox")  # of a cell's metadata; the rest is written by whoever saves it


def keep_work(old: NotebookNode, new: NotebookNode) -> list[str]:
    """Carry the learner's cells of `old` over into `new`; return the numbers of the exercises."""
    kept = []
    for cell in new.cells:
        number = exercise_of(cell)
        mine = next((x for x in old.cells if number and exercise_of(x) == number and is_touched(x)), None)
        if mine is not None and mine.source != cell.source:
            cell.source = mine.source
            cell.outputs = mine.get("outputs", [])
            cell.execution_count = mine.get("execution_count")
            kept.append(number)
    return kept


def has_work_beside(old: NotebookNode, new: NotebookNode, lesson: str) -> bool:
    """Did the learner write anything into `old` that is not in `new`?"""
    there = {cell.source for cell in new.cells}
    return any(
        cell.source.strip() and cell.source not in there and not _is_ours(cell, lesson) for cell in old.cells
    )


def exercise_of(cell: NotebookNode) -> str:
    """`01.2` for a cell that begins with `%%exercise 01.2`, else nothing."""
    mark = EXERCISE.match(cell.source) if cell.cell_type == "code" else None
    return mark[1] if mark else ""


def is_touched(cell: NotebookNode) -> bool:
    """Has a learner written into this exercise's cell?"""
    return bool(exercise_of(cell)) and not _is_stub(cell)


def back_up(path: Path) -> Path:
    """Copy the notebook beside itself, under the first free number."""
    number = 1
    while (copy := path.with_suffix(f".backup-{number}.ipynb")).exists():
        number += 1
    copy.write_bytes(path.read_bytes())
    return copy


def as_it_came(notebook: NotebookNode, stubs: NotebookNode) -> NotebookNode:
    """`notebook` without what belongs to a learner who wrote into it, ran it and saved it.

    That is: exercise cells with their text, outputs, and what Jupyter writes down of itself.
    """
    fresh = {exercise_of(cell): cell for cell in stubs.cells if exercise_of(cell)}
    result = nbformat.from_dict(notebook)
    result.metadata, result.nbformat_minor = stubs.metadata, stubs.nbformat_minor
    result.cells = [fresh.get(exercise_of(x), x) if is_touched(x) else x for x in result.cells]
    result = nbformat.from_dict(result)
    for cell in result.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in OURS})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return result


def _is_stub(cell: NotebookNode) -> bool:
    return short_hash(cell.source) == cell.metadata.get("sandbox", {}).get("stub")


def _is_ours(cell: NotebookNode, lesson: str) -> bool:
    """Was this cell made by a build and left alone? Its hash or its id says so."""
    made = content_id(lesson, cell.cell_type, cell.source)
    return _is_stub(cell) or cell.get("id", "").split("-")[0] == made
