"""What is given back: pages and grades, harmless whatever learners are called and whatever they wrote."""

import csv
import io
import xml.etree.ElementTree as ElementTree

import pytest

from sandbox.__main__ import main
from sandbox.workshop import Gradebook, Office, find
from sandbox.workshop.events import CellGraded
from sandbox.workshop.export import as_csv, as_junit
from sandbox.workshop.pages import class_page, file_name, learner_page
from tests.workshop.conftest import RIGHT, WRONG, notebook

EVIL = '=cmd("x")<script>alert(1)</script>'


@pytest.fixture
def office(tmp_path, hand_in):
    office = Office(tmp_path / "office")
    hand_in("ada.ipynb", notebook(e08_2=RIGHT))
    hand_in(f"{EVIL.replace('/', '')}.ipynb", notebook(e08_2=WRONG))
    office.receive(find(hand_in("bo.ipynb", notebook(e08_2=RIGHT + "\n# bo\n"))))
    for cell in office.waiting():
        passed = "marked_first" not in cell.source and "sent = 1" in cell.source
        event = CellGraded(
            cell.cell,
            "08.2",
            "PASS" if passed else "FAIL",
            "no lost message",
            "a \x00 story",
            "a belief",
            "",
            0.1,
        )
        office.judge(event, "<p>the card</p>")
    yield office
    office.close()


def test_a_spreadsheet_takes_no_name_for_a_formula(office):
    book = Gradebook.of(office)
    for form in ("plain", "moodle", "canvas"):
        rows = list(csv.reader(io.StringIO(as_csv(book, form))))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not any(cell.startswith("=") for row in rows for cell in row)
        assert any(cell.startswith("'=cmd") for row in rows for cell in row)


def test_junit_is_xml_whatever_a_story_says(office):
    suites = ElementTree.fromstring(as_junit(Gradebook.of(office)))
    assert len(suites) == 3
    assert sum(int(suite.get("tests")) for suite in suites) == 3


def test_pages_say_everything_and_run_nothing(office):
    book = Gradebook.of(office, ["ada", "fay"])
    pages = [class_page(book), *(learner_page(office, book, learner) for learner in book.marks)]
    assert not any("<script" in page for page in pages)
    assert "&lt;script&gt;" in pages[0]
    assert "fay" in pages[0] and "Nothing handed in" in pages[0] and "Not on the roster" in pages[0]
    assert all(f"learners/{file_name(learner)}" in pages[0] for learner in book.marks)
    assert "the card" in pages[1] and "def place_order(order_id" in pages[1]
    assert "No exercise of yours was found." in pages[-1]


def test_names_of_pages_are_plain_and_differ():
    names = [file_name(learner) for learner in ("Ada", "ada", "../../etc/passwd", "Ádá", "", EVIL)]
    assert len(set(names)) == len(names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for name in names)


def test_from_a_terminal(tmp_path, hand_in, capsys):
    folder = hand_in("ada.ipynb", notebook(e08_2=RIGHT))
    office = ["--folder", str(tmp_path / "office")]
    assert main(["workshop", "collect", str(folder), *office]) == 0
    assert "1 new files from 1 learners, 0 late." in capsys.readouterr().out
    assert main(["workshop", "report", *office]) == 0
    assert "1 texts are not graded yet" in capsys.readouterr().err
    written = {path.name for path in (tmp_path / "office/returned").iterdir()}
    assert written == {
        "learners",
        "class.html",
        "grades.csv",
        "grades-moodle.csv",
        "grades-canvas.csv",
        "grades.xml",
    }
    assert main(["workshop", "collect", str(tmp_path / "nowhere"), *office]) == 3
    assert "there is nothing at" in capsys.readouterr().err
    assert main(["workshop", "collect", str(folder), "--deadline", "tomorrow", *office]) == 3
