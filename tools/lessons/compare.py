"""Do two copies of a notebook show the same? Cell by cell, in words."""

from collections.abc import Collection

from nbformat import NotebookNode


def outputs_differ(
    left: NotebookNode, right: NotebookNode, *, ignore_tags: Collection[str] = ("bus",)
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
        shown, shown_other = _visible(one), _visible(other)
        if shown != shown_other:
            found.append(
                f"cell {number} ({one.source.splitlines()[0]}) shows\n{shown}\nagainst\n{shown_other}"
            )
    return found


def first_difference(old: NotebookNode, new: NotebookNode) -> str:
    """Where two notebooks part, in a few words: `cell 7, output`."""
    for number, (one, other) in enumerate(zip(old.cells, new.cells, strict=False), start=1):
        if one.source != other.source:
            return f"cell {number}, text"
        if _visible(one) != _visible(other):
            return f"cell {number}, output"
        if one != other:
            return f"cell {number}, metadata"
    if len(old.cells) != len(new.cells):
        return f"{len(old.cells)} cells instead of {len(new.cells)}"
    return "metadata"


def _visible(cell: NotebookNode) -> str:
    shown = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            shown.append(output.text)
        elif output.output_type == "error":
            shown.append(f"{output.ename}: {output.evalue}")
        else:
            shown += [f"{kind}: {data}" for kind, data in sorted(output.data.items())]
    return "\n".join(shown)
