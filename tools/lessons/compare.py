"""Do two copies of a notebook show the same? Cell by cell, in words."""

from collections.abc import Collection
from itertools import zip_longest

from nbformat import NotebookNode

NOTHING = "nothing"


def outputs_differ(
    left: NotebookNode, right: NotebookNode, ignore_tags: Collection[str] = ("bus",)
) -> list[str]:
    """A line for each cell whose visible outputs differ; cells with one of the tags don't count.

    `bus` marks cells that name the bus they stand on, `seed-dependent` those that show
    what no broker guarantees.
    """
    if len(left.cells) != len(right.cells):
        return [f"{len(left.cells)} cells against {len(right.cells)}"]
    found = []
    for number, (one, other) in enumerate(zip(left.cells, right.cells, strict=True), start=1):
        if set(one.metadata.get("tags", [])) & set(ignore_tags):
            continue
        lines = zip_longest(_visible(one), _visible(other), fillvalue=NOTHING)
        if parted := next(((a, b) for a, b in lines if a != b), None):
            first = (one.source.splitlines() or [""])[0]
            found.append(f"cell {number} ({first}) shows {parted[0]!r} against {parted[1]!r}")
    return found


def first_difference(old: NotebookNode, new: NotebookNode) -> str:
    """Where two notebooks part, in a few words: `cell 7, output`."""
    for number, (one, other) in enumerate(zip(old.cells, new.cells, strict=False), start=1):
        if (one.cell_type, one.source) != (other.cell_type, other.source):
            return f"cell {number}, text"
        if one.get("outputs") != other.get("outputs"):
            return f"cell {number}, output"
        if one.get("execution_count") != other.get("execution_count"):
            return f"cell {number}, execution count"
        if one != other:
            return f"cell {number}, id or metadata"
    if len(old.cells) != len(new.cells):
        return f"{len(old.cells)} cells instead of {len(new.cells)}"
    return "the notebook's metadata" if old != new else "the layout of the file"


def _visible(cell: NotebookNode) -> list[str]:
    """What a reader sees beneath a cell, as lines, whatever order the kinds of data come in."""
    shown = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            shown += output.text.splitlines()
        elif output.output_type == "error":
            shown += f"{output.ename}: {output.evalue}".splitlines()
        else:
            for kind, data in sorted(output.data.items()):
                shown += [f"{kind}: {line}" for line in str(data).splitlines()]
    return shown
