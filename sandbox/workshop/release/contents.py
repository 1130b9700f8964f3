"""What goes into a package, file by file: lessons and stubs, and no answers.

Left out: `solutions/`, `right/` and `wrong/` of the graders, the exercises' source (it has
the solutions in it), tests. What grading needs is there: graders, victims, questions. Without
`right/` a PASS shows no "other ways"; `with_solutions` puts them in, for a course without marks.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.course import LESSONS
from sandbox.errors import UsageError
from sandbox.workshop.release.chosen import Chosen

ROOT = LESSONS.parent
INDEX = "notebooks/index.ipynb"
PAGES = (INDEX, "notebooks/glossary.ipynb", "notebooks/lab.ipynb", "docs/glossary.md")
FILES = (
    "LICENSE",
    "LICENSE-lessons.md",
    "pyproject.toml",
    "tools/__init__.py",
    "tools/course.py",
    "tools/lab.py",
)
FOLDERS = ("sandbox", "tools/broker", "binder")
OF_A_LESSON = ("lesson.py", "grader.py", "questions.toml")
COMMANDS = ("help", "lab", "kafka", "kafka-stop", "kafka-reset", "clean")  # of the Makefile
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#|mailto:)([^)\s#]+)(#[^)\s]*)?\)")
LESSON_ROW = re.compile(r"\| (\d\d) \| ")
SOLUTIONS = "Look into `solutions/`"
PATH_ROW = re.compile(r"\| \*\*")


def contents(chosen: Chosen, *, with_solutions: bool = False) -> dict[str, bytes]:
    """The files of the package, by their names in it. Raises `UsageError` where an exercise is filled in."""
    paths = {path.relative_to(ROOT).as_posix(): path for path in _paths(chosen, with_solutions)}
    found = {}
    for name, path in sorted(paths.items()):
        data = path.read_bytes()
        if name.endswith(".ipynb"):
            data = _notebook(name, json.loads(data), chosen, set(paths))
        elif name.startswith("docs/") and name.endswith(".md"):
            data = linked(data.decode(), name, set(paths)).encode()
        found[name] = data
    found["Makefile"] = _makefile().encode()
    return found


def _paths(chosen: Chosen, with_solutions: bool) -> Iterator[Path]:
    yield from (ROOT / name for name in (*PAGES, *FILES))
    for folder in FOLDERS:
        files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
        yield from (path for path in files if "__pycache__" not in path.parts)
    for lesson in chosen.lessons:
        kinds = ("notebooks", "exercises", *(["solutions"] if with_solutions else []))
        wanted = [ROOT / kind / f"{lesson.name}.ipynb" for kind in kinds]
        wanted += [ROOT / "docs" / "cheatsheets" / f"{lesson.name}.html"]
        wanted += [lesson.folder / name for name in OF_A_LESSON]
        wanted += sorted(lesson.folder.glob("victims/*.py"))
        wanted += sorted(lesson.folder.glob("right/*.py")) if with_solutions else []
        yield from (path for path in wanted if path.is_file())


def _notebook(name: str, notebook: dict, chosen: Chosen, names: set[str]) -> bytes:
    is_index = name == INDEX
    if is_index:
        notebook["cells"] = [cell for cell in map(_of_the_index(chosen, names), notebook["cells"]) if cell]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            cell["source"] = linked(source, name, names).splitlines(keepends=True)
        elif name.startswith("exercises/") or is_index:
            check_stub(name, cell)
            cell["outputs"], cell["execution_count"] = [], None
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def check_stub(name: str, cell: dict) -> None:
    """Raise `UsageError` where somebody has written into this cell of an exercise: it may be the answer."""
    about = cell["metadata"].get("sandbox", {})
    digest = hashlib.sha1("".join(cell["source"]).encode()).hexdigest()[:8]
    if about.get("stub", digest) != digest:
        number = about["exercise"]
        raise UsageError(
            f"{name}: somebody has solved {number} there, and it would be handed out. Put the exercise back "
            f"(your work goes into a backup): python -m tools.lessons build {number[:2]} --reset"
        )


def _of_the_index(chosen: Chosen, names: set[str]) -> Callable[[dict], dict | None]:
    """A cell of the index without what the package doesn't have; `None` where nothing is left to say."""

    def is_here(line: str) -> bool:
        row = LESSON_ROW.match(line)
        leads = {_target(INDEX, link[2]) for link in LINK.finditer(line)}
        missing = (row and row[1] not in chosen.numbers) or (PATH_ROW.match(line) and leads - names)
        return not missing and (SOLUTIONS not in line or any(each.startswith("solutions/") for each in names))

    def cut(cell: dict) -> dict | None:
        lines = "".join(cell["source"]).splitlines(keepends=True)
        kept = [line for line in lines if is_here(line)]
        had_paths = any(PATH_ROW.match(line) for line in lines)
        gone = had_paths and not any(PATH_ROW.match(line) for line in kept)
        return None if gone else {**cell, "source": kept}

    return cut


def linked(source: str, name: str, names: set[str]) -> str:
    """Links to what isn't in the package become their texts."""
    return LINK.sub(lambda link: link[0] if _target(name, link[2]) in names else link[1], source)


def _target(name: str, link: str) -> str:
    """Where a link in the file `name` leads to, from the package's root."""
    parts = name.split("/")[:-1]
    for part in link.rstrip("/").split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _makefile() -> str:
    """The course's Makefile, with those commands alone that a package has."""
    blocks = (ROOT / "Makefile").read_text(encoding="utf-8").split("\n\n")
    names = [re.match(r"([a-z-]+):", block) for block in blocks]
    kept = [block for block, name in zip(blocks, names, strict=True) if not name or name[1] in COMMANDS]
    text = "\n\n".join(kept).rstrip() + "\n"
    return re.sub(r"^\.PHONY:.*$", f".PHONY: {' '.join(COMMANDS)}", text, flags=re.MULTILINE)
