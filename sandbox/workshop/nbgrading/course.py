"""Make an nbgrader course: an assignment for each lesson, a point for each exercise.

In `source/` the exercises are solved, as nbgrader wants it; `nbgrader generate_assignment`
puts the stubs in. Behind each exercise stands a locked test cell.
"""

import json
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.workshop.release.chosen import Chosen, Lesson
from sandbox.workshop.release.contents import ROOT, check_stub, linked

OURS = "# Made by: python -m sandbox workshop release --nbgrader"
CONFIG = f"""\
{OURS}
# Yours already? Then these lines are all that it needs.
from sandbox.workshop.nbgrading.config import configure

c = get_config()
configure(c)
"""
TEST = """\
# The point is given here: the exercise is attacked again, and a failure tells its story.
import sandbox

sandbox.require("{exercise}")"""
SCHEMA = 3  # of nbgrader's metadata


def make_course(chosen: Chosen, folder: Path) -> list[Path]:
    """Write `nbgrader_config.py` and `source/` into `folder`, and nothing else; the assignments' notebooks.

    Raises `UsageError` where somebody else's configuration is there, or an exercise is filled in.
    """
    config = folder / "nbgrader_config.py"
    if config.is_file() and "nbgrading.config" not in config.read_text(encoding="utf-8"):
        raise UsageError(
            f"{config} is not ours, and is left as it is. Choose another folder, or add to it: {CONFIG!r}."
        )
    made = {lesson.name: notebook_of(lesson) for lesson in chosen.lessons if lesson.graders}
    folder.mkdir(parents=True, exist_ok=True)
    if not config.is_file():
        config.write_text(CONFIG, encoding="utf-8")
    written = []
    for name, notebook in made.items():
        path = folder / "source" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


def notebook_of(lesson: Lesson) -> dict:
    """The instructor's notebook of a lesson's exercises: solutions, their stubs beside them, tests."""
    place = f"exercises/{lesson.name}.ipynb"
    notebook = _read(place)
    solutions = {
        cell["metadata"]["sandbox"]["exercise"]: cell["source"]
        for cell in _read(f"solutions/{lesson.name}.ipynb")["cells"]
        if "sandbox" in cell["metadata"]
    }
    cells = []
    for cell in notebook["cells"]:
        cells.append(cell)
        if cell["cell_type"] == "markdown":
            cell["source"] = linked("".join(cell["source"]), place, set())
            continue
        check_stub(place, cell)
        cell["outputs"], cell["execution_count"] = [], None
        if exercise := cell["metadata"].get("sandbox", {}).get("exercise"):
            cell["metadata"]["sandbox"]["stub_source"] = "".join(cell["source"])
            cell["metadata"]["nbgrader"] = _marked(solution_id(exercise), solution=True)
            cell["source"] = "".join(solutions[exercise])
            cells.append(_test(exercise))
    notebook["cells"] = cells
    return notebook


def solution_id(exercise: str) -> str:
    """nbgrader's name for the cell that a learner writes into."""
    return f"exercise-{exercise.replace('.', '-')}"


def test_id(exercise: str) -> str:
    """nbgrader's name for the cell that gives the point."""
    return f"test-{exercise.replace('.', '-')}"


def _test(exercise: str) -> dict:
    return {
        "cell_type": "code",
        "id": test_id(exercise),
        "metadata": {"nbgrader": _marked(test_id(exercise), solution=False) | {"points": 1}},
        "source": TEST.format(exercise=exercise),
        "outputs": [],
        "execution_count": None,
    }


def _marked(name: str, *, solution: bool) -> dict:
    return {
        "grade_id": name,
        "grade": not solution,
        "solution": solution,
        "locked": not solution,
        "task": False,
        "cell_type": "code",
        "schema_version": SCHEMA,
    }


def _read(name: str) -> dict:
    try:
        return json.loads((ROOT / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{name} is not there: an nbgrader course is made in a clone of the course."
        ) from None
