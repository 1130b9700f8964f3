"""What a learner wrote into an exercises notebook is never lost by a rebuild.

Each exercise cell carries the hash of the stub that it was made with. A cell whose text
still has that hash is untouched and may be renewed; any other text is the learner's.
"""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.lessons.notebook import short_hash

MARK = "%%exercise "


def keep_work(old: NotebookNode, new: NotebookNode) -> list[str]:
    """Carry the learner's cells of `old` over into `new`; return the numbers of the exercises."""
    work = {exercise_of(cell): cell for cell in old.cells if is_touched(cell)}
    kept = []
    for cell in new.cells:
        mine = work.get(exercise_of(cell))
        if mine is not None and mine.source != cell.source:
            cell.source = mine.source
            cell.outputs = mine.get("outputs", [])
            cell.execution_count = mine.get("execution_count")
            kept.append(exercise_of(cell))
    return kept


def exercise_of(cell: NotebookNode) -> str:
    """`01.2` for a cell that begins with `%%exercise 01.2`, else nothing."""
    first, _, _ = cell.source.lstrip().partition("\n")
    return first.removeprefix(MARK).strip() if first.startswith(MARK) else ""


def is_touched(cell: NotebookNode) -> bool:
    """Has a learner written into this cell?"""
    stub = cell.metadata.get("sandbox", {}).get("stub")
    return bool(exercise_of(cell)) and short_hash(cell.source) != stub


def back_up(path: Path) -> Path:
    """Copy the notebook beside itself, under the first free number."""
    number = 1
    while (copy := path.with_suffix(f".backup-{number}.ipynb")).exists():
        number += 1
    copy.write_bytes(path.read_bytes())
    return copy


def as_it_came(notebook: NotebookNode, stubs: NotebookNode) -> NotebookNode:
    """`notebook` with its exercise cells as in `stubs`, and without outputs."""
    fresh = {exercise_of(cell): cell.source for cell in stubs.cells if exercise_of(cell)}
    result = nbformat.from_dict(notebook)
    for cell in result.cells:
        cell.source = fresh.get(exercise_of(cell), cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return result
