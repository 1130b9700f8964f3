"""The limits of a lesson: short cells, short prose, something to look at, no dead links.

Each rule takes a notebook (and the folder that it stands in) and yields a sentence for
each place that breaks it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nbformat import NotebookNode

from tools.lessons.learner import exercise_of

LINES_MAX, LINES_MAX_BUILD, WIDTH_MAX, WORDS_MAX, CODE_IN_A_ROW_MAX = 15, 20, 79, 120, 2
SHOWING_MIN = 0.6
OUTPUT_LINES_MAX, OUTPUT_BYTES_MAX, NOTEBOOK_BYTES_MAX = 40, 16 * 1024, 300 * 1024
BELITTLING = re.compile(r"\b(simply|just|obviously)\b", re.IGNORECASE)
CODE = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^(#{1,6})\s", re.MULTILINE)
IMAGE_WITHOUT_ALT = re.compile(r"!\[\s*\]|<img(?![^>]*\balt=[\"'][^\"']*\w)[^>]*>", re.IGNORECASE)
LINK = re.compile(r"\]\(<?([^)\s>]+)|\b(?:href|src)=[\"']([^\"']+)|^\s*\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
ACCIDENTAL = re.compile(r"/tmp/\S+|/home/\S+|/Users/\S+|/root/\S+|[A-Z]:\\Users\S+|\bat 0x[0-9a-f]{6,}")


def cells_are_short(notebook: NotebookNode) -> Iterator[str]:
    for where, cell in _cells(notebook, "code"):
        limit = LINES_MAX_BUILD if "build" in cell.metadata.get("tags", []) else LINES_MAX
        lines = cell.source.splitlines()
        # An exercise's cell has to stand alone, with its imports: its length is the task's.
        if len(lines) > limit and not exercise_of(cell):
            yield f"{where} has {len(lines)} lines, at most {limit}"
        for line in lines:
            if len(line) > WIDTH_MAX:
                yield f"{where} has a line of {len(line)} characters, at most {WIDTH_MAX}: {line}"


def prose_is_short(notebook: NotebookNode) -> Iterator[str]:
    for where, cell in _cells(notebook, "markdown"):
        words = [word for word in cell.source.split() if re.search(r"\w", word)]
        if len(words) > WORDS_MAX:
            yield f"{where} has {len(words)} words, at most {WORDS_MAX}"


def code_is_interrupted_by_prose(notebook: NotebookNode) -> Iterator[str]:
    row = 0
    for where, cell in _cells(notebook):
        row = row + 1 if cell.cell_type == "code" else 0
        if row == CODE_IN_A_ROW_MAX + 1:
            yield f"{where} is the third code cell without prose in between"


def most_cells_show_something(notebook: NotebookNode) -> Iterator[str]:
    silent = [where for where, cell in _cells(notebook, "code") if not cell.outputs]
    count = len(list(_cells(notebook, "code")))
    if count and 1 - len(silent) / count < SHOWING_MIN:
        yield f"{len(silent)} of {count} code cells show nothing: {', '.join(silent)}"


def outputs_are_small(notebook: NotebookNode) -> Iterator[str]:
    for where, output in _outputs(notebook):
        text = _text(output)
        lines = len(text.splitlines())
        size = len(text.encode()) + sum(len(str(x).encode()) for x in output.get("data", {}).values())
        if lines > OUTPUT_LINES_MAX:
            yield f"{where} shows {lines} lines of text, at most {OUTPUT_LINES_MAX}"
        if size > OUTPUT_BYTES_MAX:
            yield f"{where} has an output of {size} bytes, at most {OUTPUT_BYTES_MAX}"


def outputs_name_no_machine(notebook: NotebookNode) -> Iterator[str]:
    for where, output in _outputs(notebook):
        everything = _text(output) + "".join(str(x) for x in output.get("data", {}).values())
        for found in ACCIDENTAL.findall(everything):
            yield f"{where} shows {found}, which differs from machine to machine or from run to run"


def cells_ran_in_order(notebook: NotebookNode) -> Iterator[str]:
    for number, (where, cell) in enumerate(_cells(notebook, "code"), start=1):
        if cell.execution_count != number:
            yield f"{where} has the execution count {cell.execution_count}, not {number}"


def headings_skip_no_level(notebook: NotebookNode) -> Iterator[str]:
    level = 0
    for where, cell in _cells(notebook, "markdown"):
        for mark in HEADING.findall(CODE.sub("", cell.source)):
            if len(mark) > level + 1:
                yield f"{where} has a heading {mark} under one of level {level}"
            level = len(mark)


def pictures_have_a_text(notebook: NotebookNode) -> Iterator[str]:
    for where, cell in _cells(notebook, "markdown"):
        for found in IMAGE_WITHOUT_ALT.findall(CODE.sub("", cell.source)):
            yield f"{where} has a picture without alternative text: {found}"


def links_resolve(notebook: NotebookNode, folder: Path) -> Iterator[str]:
    for where, cell in _cells(notebook, "markdown"):
        for found in LINK.findall(CODE.sub("", cell.source)):
            link = urlsplit("".join(found))
            if not link.scheme and link.path and not (folder / unquote(link.path)).exists():
                yield f"{where} links to {link.path}, which is not there"


def nothing_is_belittled(notebook: NotebookNode) -> Iterator[str]:
    for where, cell in _cells(notebook):
        text = CODE.sub("", cell.source) if cell.cell_type == "markdown" else cell.source
        for word in BELITTLING.findall(text):
            yield f"{where} says {word!r}; what is simple for one is not for the next"


def _cells(notebook: NotebookNode, kind: str = "") -> Iterator[tuple[str, NotebookNode]]:
    for number, cell in enumerate(notebook.cells, start=1):
        if kind in ("", cell.cell_type):
            yield f"cell {number} ({(cell.source.splitlines() or [''])[0]})", cell


def _outputs(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for where, cell in _cells(notebook, "code"):
        for output in cell.outputs:
            yield where, output


def _text(output: NotebookNode) -> str:
    """An output as text: what was printed, a traceback, or the text of a value."""
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return "\n".join(output.traceback)
    return output.data.get("text/plain", "")
