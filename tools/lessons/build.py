"""Build the three notebooks of a lesson, and say which committed ones differ from that."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.lessons import learner, source
from tools.lessons.compare import first_difference
from tools.lessons.execute import execute
from tools.lessons.notebook import make, text_of

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Course:
    """A folder with `lessons/`, and the notebooks that are made from it."""

    root: Path = ROOT

    def lessons(self, number: str = "") -> list[Path]:
        """The lessons' folders, in order; with `number`, that one alone."""
        return sorted(p.parent for p in self.root.glob(f"lessons/{number or '[0-9][0-9]'}_*/lesson.py"))

    def build(self, lesson: Path) -> dict[Path, NotebookNode]:
        """What the notebooks of `lesson` have to be; those with outputs are executed now."""
        made = {self.path("notebooks", lesson): self._executed(lesson, source.read(lesson / "lesson.py"))}
        exercises = lesson / "exercises.py"
        if exercises.is_file():
            cells = source.read(exercises)
            made[self.path("exercises", lesson)] = make(lesson.name, [cell.stub() for cell in cells])
            made[self.path("solutions", lesson)] = self._executed(lesson, [c.solution() for c in cells])
        return made

    def path(self, kind: str, lesson: Path) -> Path:
        """Where the notebook of that kind belongs."""
        return self.root / kind / f"{lesson.name}.ipynb"

    def write(self, path: Path, notebook: NotebookNode, *, reset: bool = False) -> str:
        """Write one notebook; say in a few words what became of it."""
        path.parent.mkdir(exist_ok=True)
        note = ""
        if path.is_file() and path.parent.name == "exercises":
            old = nbformat.read(path, as_version=4)
            if reset and any(learner.is_touched(cell) for cell in old.cells):
                note = f", your work is in {learner.back_up(path).name}"
            elif not reset and (kept := learner.keep_work(old, notebook)):
                note = f", kept your {', '.join(kept)}"
        text = text_of(notebook)
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        if not same:
            path.write_text(text, encoding="utf-8", newline="\n")
        return ("as it was" if same else "written") + note

    def stale(self, lesson: Path, *, strict: bool = False) -> Iterator[str]:
        """A sentence for each notebook of `lesson` that is not what its text makes.

        A learner may write into the exercises' cells and run them; with `strict` that
        counts as a difference as well.
        """
        for path, wanted in self.build(lesson).items():
            if sentence := self._difference(lesson, path, wanted, strict):
                yield sentence

    def orphans(self) -> list[str]:
        """A sentence for each notebook that no lesson makes any more."""
        wanted = {
            self.path(kind, x) for x in self.lessons() for kind in ("notebooks", "exercises", "solutions")
        }
        found = [
            p for kind in ("notebooks", "exercises", "solutions") for p in self.root.glob(f"{kind}/*.ipynb")
        ]
        return [
            f"{p.relative_to(self.root)} belongs to no lesson in lessons/. Remove it."
            for p in sorted(found)
            if p not in wanted and ".backup-" not in p.name
        ]

    def _executed(self, lesson: Path, cells: list[source.Cell]) -> NotebookNode:
        return execute(make(lesson.name, cells), name=lesson.name, folder=self.root)

    def _difference(self, lesson: Path, path: Path, wanted: NotebookNode, strict: bool) -> str:
        name = path.relative_to(self.root)
        if not path.is_file():
            return f"{name} is missing. Run: make lessons"
        there = nbformat.read(path, as_version=4)
        if path.parent.name == "exercises" and not strict:
            there = learner.as_it_came(there, wanted)
            if there == learner.as_it_came(deepcopy(wanted), wanted):
                return ""
        elif path.read_text(encoding="utf-8") == text_of(wanted):
            return ""
        text = "lesson.py" if path.parent.name == "notebooks" else "exercises.py"
        return (
            f"{name} is generated and differs from its source ({first_difference(there, wanted)}). "
            f"Move your change to lessons/{lesson.name}/{text} and run: make lessons"
        )
