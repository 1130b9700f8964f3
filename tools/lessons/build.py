"""Build the three notebooks of a lesson, and the pages beside them; say which committed ones differ."""

import os
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.lessons import learner, links, pages, source
from tools.lessons.about import About, about
from tools.lessons.compare import first_difference
from tools.lessons.execute import ROOT, execute
from tools.lessons.notebook import make, text_of

KINDS = ("notebooks", "exercises", "solutions")
SOURCES = ("lesson.py", "exercises.py")


@dataclass(frozen=True)
class Course:
    """A folder with `lessons/`, and the notebooks that are made from it."""

    root: Path = ROOT

    def lessons(self, number: str = "") -> list[Path]:
        """The lessons' folders, in order; with `number`, that one alone."""
        found = self.root.glob(f"lessons/{number or '[0-9][0-9]'}_*/")
        return sorted(folder for folder in found if any((folder / name).is_file() for name in SOURCES))

    def pages(self, name: str = "*") -> list[Path]:
        """The texts of the pages beside the lessons, such as the index; with `name`, that one alone."""
        return sorted(self.root.glob(f"lessons/{name}.py"))

    def texts(self, name: str = "") -> list[Path]:
        """All that is to be built: lessons, then pages; or what `name` names, a number or a page."""
        return [*self.lessons(name), *self.pages(name or "*")]

    def build(self, text: Path) -> dict[Path, NotebookNode]:
        """What the notebooks of a lesson, or of a page, have to be; those with outputs are executed now."""
        made = {}
        for path in self.paths(text):
            cells = self.cells(path)
            if path.parent.name == "exercises":
                made[path] = make(path.stem, cells, holes=True)
            else:
                path.parent.mkdir(exist_ok=True)  # the kernel starts where the notebook will stand
                name = self.text_of(path).relative_to(self.root).as_posix()
                made[path] = execute(make(path.stem, cells), name=name, folder=path.parent)
        return made

    def cells(self, path: Path) -> list[source.Cell]:
        """The cells of one notebook, with stubs or solutions, and with the way to its neighbours."""
        text = self.text_of(path)
        if text.parent.name == "lessons":
            return pages.cells_of(text, self.about(), self.root)
        cells = source.read(text)
        if text.name == "lesson.py" and any(cell.exercise for cell in cells):
            raise source.SourceError(f"lessons/{path.stem}/lesson.py: exercises belong into exercises.py.")
        cells = [cell.stub() if path.parent.name == "exercises" else cell.solution() for cell in cells]
        here, written = about(text.parent), [lesson for lesson in self.about() if lesson.is_written]
        index = (self.root / "lessons/index.py").is_file()
        if path.parent.name != "notebooks":
            return cells + links.after_exercises(here, written, index=index)
        sheet = (text.parent / "cheatsheet.md").is_file()
        ending = links.end(here, written, index=index, sheet=sheet)
        return links.top(here, written, index=index) + cells + ending

    def about(self) -> list[About]:
        """What each lesson says of itself."""
        return [about(lesson) for lesson in self.lessons()]

    def text_of(self, path: Path) -> Path:
        """The text that this notebook is made from."""
        if (page := self.root / "lessons" / f"{path.stem}.py").is_file():
            return page
        return self.root / "lessons" / path.stem / source_of(path)

    def paths(self, lesson: Path) -> list[Path]:
        """The notebooks of a lesson: one of its text, two of its exercises; a page has one."""
        if lesson.suffix == ".py":
            return [self.root / "notebooks" / f"{lesson.stem}.ipynb"]
        paths = [self.root / kind / f"{lesson.name}.ipynb" for kind in KINDS]
        return [path for path in paths if (lesson / source_of(path)).is_file()]

    def write(self, path: Path, notebook: NotebookNode, *, reset: bool = False) -> str:
        """Write one notebook; say in a few words what became of it, and of a learner's work."""
        path.parent.mkdir(exist_ok=True)
        notes = ""
        if path.is_file() and path.parent.name == "exercises":
            old = _read(path)
            if old is not None and not reset and (kept := learner.keep_work(old, notebook)):
                notes += f", kept your {', '.join(kept)}"
            if old is None or learner.has_work_beside(old, notebook, path.stem):
                notes += f", your work is in {learner.back_up(path).name}"
        text = text_of(notebook).encode()
        if path.is_file() and path.read_bytes() == text:
            return "as it was" + notes
        half = path.with_suffix(".ipynb.tmp")  # never half a notebook, whatever happens now
        half.write_bytes(text)
        os.replace(half, path)
        return "written" + notes

    def stale(self, built: dict[Path, NotebookNode], *, strict: bool = False) -> list[str]:
        """A sentence for each notebook that is not as it was `built`.

        A learner may write into the exercises' cells and run them; with `strict` that
        counts as a difference as well.
        """
        sentences = [self._difference(path, wanted, strict) for path, wanted in built.items()]
        return [sentence for sentence in sentences if sentence]

    def orphans(self) -> list[str]:
        """A sentence for each notebook that no lesson makes any more."""
        wanted = {path for lesson in self.lessons() for path in self.paths(lesson)}
        found = {path for kind in KINDS for path in self.root.glob(f"{kind}/[0-9][0-9]_*.ipynb")}
        return [
            f"{path.relative_to(self.root).as_posix()} belongs to no lesson in lessons/. "
            "Move what you need out of it and remove it."
            for path in sorted(found - wanted)
            if ".backup-" not in path.name
        ]

    def _difference(self, path: Path, wanted: NotebookNode, strict: bool) -> str:
        name = path.relative_to(self.root).as_posix()
        if not path.is_file():
            return f"{name} is missing. Run: make lessons"
        there = _read(path)
        if there is None:
            return f"{name} is no notebook that can be read. Run: make lessons"
        if path.parent.name == "exercises" and not strict:
            there, wanted = learner.as_it_came(there, wanted), learner.as_it_came(wanted, wanted)
            same = there == wanted
        else:
            same = path.read_bytes() == text_of(wanted).encode()
        text = self.text_of(path).relative_to(self.root).as_posix()
        return (
            ""
            if same
            else (
                f"{name} is generated and differs from its source ({first_difference(there, wanted)}). "
                f"Move your change to {text} and run: make lessons"
            )
        )


def source_of(path: Path) -> str:
    """The name of the text that this notebook is made from."""
    return "lesson.py" if path.parent.name == "notebooks" else "exercises.py"


def _read(path: Path) -> NotebookNode | None:
    """The notebook, or None where there is no reading it: half a file, or a merge that stopped."""
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        return notebook if all(isinstance(cell.source, str) for cell in notebook.cells) else None
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        return None
