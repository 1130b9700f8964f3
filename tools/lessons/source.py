"""Read a lesson's text: py:percent, as jupytext reads it, and the exercises' holes.

An exercise cell is marked in its header; `%%exercise` comes in by itself, so the text
stays plain Python:

    # %% exercise="01.2"
    def seal(event):
        ### BEGIN SOLUTION: put the event into its envelope
        return {...}
        ### END SOLUTION

The stub has `raise NotImplementedError("exercise 01.2: put the event into its envelope")`
in place of the solution. Lines `### STUB: code` stand in the stub instead of that.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

BEGIN = re.compile(r"^(\s*)### BEGIN SOLUTION: (.+)$")
END = re.compile(r"^\s*### END SOLUTION$")
STUB = re.compile(r"^(\s*)### STUB: ?(.*)$")


class SourceError(Exception):
    """The text of a lesson is not in order; says where."""


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson, before it is a notebook's."""

    type: str  # markdown or code
    source: str
    tags: tuple[str, ...] = ()
    exercise: str = ""

    def stub(self) -> "Cell":
        """The cell as a learner gets it, with holes where the solutions were."""
        return Cell(self.type, self._filtered(solution=False), self.tags, self.exercise)

    def solution(self) -> "Cell":
        """The cell filled in, without the marks."""
        return Cell(self.type, self._filtered(solution=True), self.tags, self.exercise)

    def _filtered(self, *, solution: bool) -> str:
        if not self.exercise:
            return self.source
        kept, inside, has_hole, own_stub = [], False, False, "### STUB:" in self.source
        for line in self.source.splitlines():
            if begin := BEGIN.match(line):
                inside = has_hole = True
                if not solution and not own_stub:
                    kept.append(
                        f'{begin[1]}raise NotImplementedError("exercise {self.exercise}: {begin[2]}")'
                    )
            elif END.match(line):
                inside = False
            elif stub := STUB.match(line):
                if not solution:
                    kept.append(f"{stub[1]}{stub[2]}".rstrip())
            elif solution or not inside:
                kept.append(line)
        if inside or not has_hole:
            raise SourceError(
                f"exercise {self.exercise} needs '### BEGIN SOLUTION: what to do' and '### END SOLUTION'."
            )
        return f"%%exercise {self.exercise}\n" + "\n".join(kept)


def read(path: Path) -> list[Cell]:
    """The cells of one text file."""
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    return [
        Cell(
            cell.cell_type,
            cell.source,
            tuple(cell.metadata.get("tags", [])),
            cell.metadata.get("exercise", ""),
        )
        for cell in notebook.cells
        if cell.source.strip()
    ]
