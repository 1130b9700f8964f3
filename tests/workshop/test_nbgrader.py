"""The lessons as an nbgrader course, and our grades in its gradebook.

nbgrader is an optional extra. Where it isn't installed, the tests that run it say so; a Python
that has it can be named by SANDBOX_NBGRADER.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from sandbox.__main__ import main
from sandbox.errors import UsageError
from sandbox.grading import required
from sandbox.workshop import Office, find
from sandbox.workshop.events import CellGraded
from sandbox.workshop.nbgrading import make_course
from sandbox.workshop.release.chosen import choose

ROOT = Path(__file__).resolve().parents[2]
SOLVED = (
    "def serve(record, consumer, shelf):\n    shelf.put(record.event.order_id)\n    consumer.commit(record)\n"
)
SWAPPED = (
    "def serve(record, consumer, shelf):\n    consumer.commit(record)\n    shelf.put(record.event.order_id)\n"
)


@pytest.fixture(scope="session")
def python_with_nbgrader():
    """A Python that has nbgrader, and what the sandbox needs."""
    named = os.environ.get("SANDBOX_NBGRADER")
    python = named or sys.executable
    if subprocess.run([python, "-c", "import nbgrader"], capture_output=True).returncode:
        if named:
            pytest.fail(f"the Python of SANDBOX_NBGRADER, {named}, has no nbgrader.")
        pytest.skip(
            "NOT CHECKED: nbgrader is not installed (pip install nbgrader; or SANDBOX_NBGRADER=PYTHON)"
        )
    return python


def run(python, *arguments):
    """What with_nbgrader.py prints last."""
    command = [python, Path(__file__).with_name("with_nbgrader.py"), *arguments]
    templates = Path(sys.prefix) / "share/jupyter"  # where nbgrader lies on top of the course's environment
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JUPYTER_PATH": str(templates)}
    answer = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout[-1000:] + answer.stderr[-3000:]
    return json.loads(answer.stdout.splitlines()[-1])


def test_each_exercise_has_a_solution_cell_and_a_test_behind_it(tmp_path):
    (path,) = make_course(choose(None, ["01"]), tmp_path)
    assert path == tmp_path / "source/01_events/01_events.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert [cell.metadata.nbgrader.grade_id for cell in marked] == [
        "exercise-01-1", "test-01-1", "exercise-01-2", "test-01-2"
    ]  # fmt: skip
    for solution, test in zip(marked[::2], marked[1::2], strict=True):
        assert solution.source.startswith("%%exercise 01.") and "NotImplementedError" not in solution.source
        stub = solution.metadata.sandbox.stub_source
        assert stub.splitlines()[0] == solution.source.splitlines()[0] and stub != solution.source
        assert test.metadata.nbgrader.points == 1 and "sandbox.require(" in test.source
    assert "](../" not in path.read_text()


def test_somebody_elses_configuration_is_left_alone(tmp_path):
    config = tmp_path / "nbgrader_config.py"
    config.write_text("c = get_config()\n")
    with pytest.raises(UsageError, match="is not ours"):
        make_course(choose(None, ["00"]), tmp_path)
    assert config.read_text() == "c = get_config()\n" and not (tmp_path / "source").exists()
    config.write_text("from sandbox.workshop.nbgrading.config import configure\n# and mine\n")
    make_course(choose(None, ["00"]), tmp_path)
    assert "# and mine" in config.read_text()


def test_require_tells_the_story(monkeypatch):
    monkeypatch.setattr(required, "_cells", {})
    with pytest.raises(AssertionError, match=r"No cell that begins with %%exercise 00\.1 has been run"):
        required.require("00.1")
    required.keep("00.1", SWAPPED)
    with pytest.raises(AssertionError, match="A-1 was never made, and its guest waits for ever"):
        required.require("0.1")
    required.keep("00.1", SOLVED)
    required.require("00.1")
    with pytest.raises(UsageError, match="no lesson '77'"):
        required.require("77.1")


def test_without_nbgrader_its_gradebook_is_not_promised(tmp_path, hand_in, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader", None)
    office = ["--folder", str(tmp_path / "office")]
    main(["workshop", "collect", str(hand_in("ada.ipynb", _notebook(SOLVED))), *office])
    assert main(["workshop", "report", *office, "--nbgrader", str(tmp_path)]) == 3
    assert "nbgrader is not installed here" in capsys.readouterr().err


@pytest.mark.slow
def test_nbgrader_itself_releases_grades_and_gives_back(python_with_nbgrader, tmp_path):
    make_course(choose(None, ["00"]), tmp_path)
    told = run(python_with_nbgrader, "course", tmp_path, "00_welcome")
    assert told["generated"] and "Success!" in told["validated"]
    stub = nbformat.reads(told["released"], as_version=4)
    assert any(cell.source == f"%%exercise 00.1\n{SWAPPED}".strip() for cell in stub.cells)
    assert "stub_source" not in told["released"]
    assert "A-1 was never made, and its guest waits for ever." in told["validated as it came"]
    assert all(told[step] for step in ("ada", "bo", "ada's feedback", "bo's feedback"))
    assert told["scores"] == {"ada": 1.0, "bo": 0.0}
    assert "A-1 was never made, and its guest waits for ever." in told["page"]


@pytest.mark.slow
def test_our_grades_are_in_nbgraders_export(python_with_nbgrader, tmp_path, hand_in):
    hand_in("ada.ipynb", _notebook(SOLVED))
    hand_in("cy.ipynb", _notebook("# not graded yet"))
    office = Office(tmp_path / "office")
    office.receive(find(hand_in("bo.ipynb", _notebook(SWAPPED))))
    for cell in office.waiting():
        if (result := {SOLVED: "PASS", SWAPPED: "FAIL"}.get(cell.source)) is not None:
            office.judge(CellGraded(cell.cell, "00.1", result, "", "", "", "", 0.1), "")
    office.close()
    (tmp_path / "course").mkdir()
    told = run(python_with_nbgrader, "report", tmp_path / "office", tmp_path / "course")
    assert told["statuses"] == [0, 0]  # whoever reports twice changes nothing
    rows = list(csv.DictReader(told["grades"].splitlines()))
    assert [(row["assignment"], row["student_id"], row["score"], row["max_score"]) for row in rows] == [
        ("00_welcome", "ada", "1.0", "1.0"),
        ("00_welcome", "bo", "0.5", "1.0"),  # what was given by hand
        ("00_welcome", "cy", "0.0", "1.0"),
    ]
    assert rows[0]["timestamp"].startswith("2001-09-09")
    assert rows[2]["timestamp"] == ""  # not graded: nbgrader has no submission


def _notebook(source: str) -> str:
    cell = {"cell_type": "code", "source": f"%%exercise 00.1\n{source}", "metadata": {}, "outputs": []}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
