"""Make a notebook of cells, and take out of it whatever differs from run to run.

Ids are hashes of the content, so editing one cell changes one id; an exercise's id is
readable, since links point at it.
"""

import hashlib
import re

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.lessons.source import Cell

WIDGET = "application/vnd.jupyter.widget-view+json"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
LIBRARY = re.compile(r"File ")  # a frame outside the notebook: its path is this machine's
SCRATCH = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")  # where ipykernel pretends that a cell is
MACHINE = "machine"  # the tag of a cell that is about the machine it runs on
NOT_COMPARED = "nbval-ignore-output"  # nbval's own word for it
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def make(lesson: str, cells: list[Cell], *, holes: bool = False) -> NotebookNode:
    """The notebook of these cells, not yet executed; one with `holes` remembers its stubs."""
    notebook = new_notebook(metadata=METADATA)
    seen: dict[str, int] = {}
    for cell in cells:
        new = new_code_cell if cell.type == "code" else new_markdown_cell
        node = new(cell.source, id=_id(lesson, cell, seen))
        if cell.tags:
            node.metadata["tags"] = [*cell.tags, *([NOT_COMPARED] if MACHINE in cell.tags else [])]
        if cell.exercise:
            node.metadata["sandbox"] = {"exercise": cell.exercise}
            if holes:
                node.metadata["sandbox"]["stub"] = short_hash(cell.source)
        notebook.cells.append(node)
    return notebook


def clean(notebook: NotebookNode) -> NotebookNode:
    """Drop times, widget state, colours, this machine's paths and tagged outputs; number the code cells."""
    notebook.metadata = nbformat.from_dict(METADATA)
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        number += 1
        cell.execution_count = number
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            _clean_output(output, number)
        if MACHINE in cell.metadata.get("tags", []):
            cell.outputs = []  # what a reader would see is another machine's
        cell.outputs = _merged_streams([o for o in cell.outputs if o.get("data", True)])
    return notebook


def text_of(notebook: NotebookNode) -> str:
    """The notebook as its file's text."""
    return nbformat.writes(notebook) + "\n"


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that stand for `text`."""
    return hashlib.sha1(text.encode()).hexdigest()[:8]


def content_id(lesson: str, cell_type: str, text: str) -> str:
    """The id of a cell that is no exercise; who changes its text breaks this tie."""
    return short_hash(f"{lesson}\n{cell_type}\n{text}")


def _clean_output(output: NotebookNode, number: int) -> None:
    if "data" in output:
        output.data.pop(WIDGET, None)
    if "execution_count" in output:
        output.execution_count = number
    if output.output_type == "stream":
        output.text = SCRATCH.sub("cell", output.text)
    if output.output_type == "error":
        frames = [ANSI.sub("", frame) for frame in output.traceback]
        output.traceback = [frame for frame in frames if not LIBRARY.match(frame)]


def _id(lesson: str, cell: Cell, seen: dict[str, int]) -> str:
    if cell.exercise:
        base = f"ex-{cell.exercise.replace('.', '-')}"
    else:
        base = content_id(lesson, cell.type, cell.source)
    seen[base] = seen.get(base, 0) + 1
    return base if seen[base] == 1 else f"{base}-{seen[base]}"


def _merged_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Text that was printed in pieces, as one piece: the pieces depend on timing."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged
