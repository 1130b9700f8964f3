"""Read a lesson's text: py:percent, as jupytext reads it, and the exercises' holes.

An exercise cell is marked in its header; `%%exercise` comes in by itself, so the text
stays plain Python:

    # %% exercise="01.2"
    def seal(event):
        ### BEGIN SOLUTION: put the event into its envelope
        return {...}
        ### END SOLUTION

The stub has `raise NotImplementedError("exercise 01.2: put the event into its envelope")`
in place of the solution. Lines `### STUB: code` right above a solution stand in the stub
instead of that.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext

BEGIN = re.compile(r"^(\s*)### BEGIN SOLUTION: (.+)$")
END = re.compile(r"^\s*### END SOLUTION\s*$")
STUB = re.compile(r"^(\s*)### STUB: ?(.*)$")
MARK = re.compile(r"^\s*#+\s*(BEGIN|END|STUB)\b.*$", re.MULTILINE)
NUMBER = re.compile(r"^\d\d\.\d+$")
KEYS = {"tags", "exercise", "lines_to_next_cell", "cell_marker"}  # the last two are jupytext's own
TAGS = {"build", "bus", "live", "machine", "raises-exception", "seed-dependent", "setup"}


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
        kept, inside, holes, own_stub = [], False, 0, False
        for line in self.source.splitlines():
            begin, stub = BEGIN.match(line), STUB.match(line)
            if begin and not inside:
                inside, holes = True, holes + 1
                if not solution and not own_stub:
                    task = f"exercise {self.exercise}: {begin[2].rstrip()}"
                    kept.append(f"{begin[1]}raise NotImplementedError({_quoted(task)})")
            elif END.match(line) and inside:
                inside = False
            elif stub and not inside:
                if not solution:
                    kept.append(f"{stub[1]}{stub[2]}".rstrip())
            elif MARK.match(line):
                raise SourceError(f"exercise {self.exercise}: the mark {line.strip()!r} is {MISPLACED}")
            elif solution or not inside:
                kept.append(line)
            own_stub = bool(stub)
        if inside or not holes:
            raise SourceError(f"exercise {self.exercise} needs {HOLE}.")
        return f"%%exercise {self.exercise}\n" + self._python("\n".join(kept), solution)

    def _python(self, text: str, solution: bool) -> str:
        try:
            ast.parse(text)
        except SyntaxError as error:
            which = "solution" if solution else "stub"
            line = f"{error.lineno} ({(error.text or '').strip()})"
            raise SourceError(
                f"exercise {self.exercise}: its {which} is not Python, line {line}: {error.msg}"
            ) from None
        return text


HOLE = "'### BEGIN SOLUTION: what to do' and '### END SOLUTION'"
MISPLACED = f"misplaced or mistyped; a hole is {HOLE}, with '### STUB: code' lines right above it."


def read(path: Path) -> list[Cell]:
    """The cells of one text file. Raises `SourceError`."""
    cells = []
    for cell in jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells:
        if cell.source.strip():
            exercise = cell.metadata.get("exercise", "")
            cells.append(Cell(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", [])), exercise))
            if problem := _problem(cells, set(cell.metadata)):
                where = f"{path.parent.name}/{path.name} ({cell.source.splitlines()[0]})"
                raise SourceError(f"lessons/{where}: {problem}")
    return cells


def _problem(cells: list[Cell], keys: set[str]) -> str:
    """What is wrong with the last of these cells, if anything: a slip that would pass in silence."""
    cell = cells[-1]
    if unknown := (keys - KEYS) | (set(cell.tags) - TAGS):
        return f"{', '.join(sorted(unknown))} is no tag or key of ours; tags are {', '.join(sorted(TAGS))}."
    if cell.type not in ("markdown", "code"):
        return f"a cell is code or [markdown], not [{cell.type}]."
    if not cell.exercise and MARK.search(cell.source):
        return 'a solution outside an exercise would be shown. Its header is: # %% exercise="01.2"'
    if cell.exercise and not NUMBER.match(cell.exercise):
        return f"exercise {cell.exercise!r} is not written as in 01.2."
    if cell.exercise and [c.exercise for c in cells].count(cell.exercise) > 1:
        return f"exercise {cell.exercise} is there twice."
    return ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
