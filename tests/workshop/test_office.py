"""From hand-in to gradebook: each text is judged once, whatever dies, and the last submission counts."""

import threading
from datetime import UTC, datetime
from multiprocessing import Pipe

import pytest

from sandbox.errors import NotSupportedHere
from sandbox.grading import Verdict, find_grader
from sandbox.referee import LEVELS, Referee
from sandbox.workshop import Gradebook, Office, find, grade_all, workers
from sandbox.workshop.events import CellGraded, FileSetAside, GradingGivenUp, SubmissionReceived
from sandbox.workshop.office import Cell
from tests.workshop.conftest import RIGHT, WRONG, notebook

STUB = "def place_order(order_id, cents, db, bus):\n    raise NotImplementedError('to do')\n"
ENDLESS = "while True:\n    pass\n"
DIES = "import os\n\ndef place_order(*args):\n    os._exit(0)\n\ndef relay(*args):\n    os._exit(0)\n"


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path / "office")
    yield office
    office.close()


@pytest.fixture
def cautious():
    """The levels of confinement to be had here."""
    try:
        Referee(LEVELS).close()
    except NotSupportedHere as reason:
        pytest.skip(f"NOT CHECKED: {reason}")
    return LEVELS


def results(book):
    return {who: {e: mark.result for e, mark in row.items()} for who, row in book.marks.items()}


def test_a_class_is_graded_and_equal_texts_once(office, hand_in, cautious):
    hand_in("ada.ipynb", notebook(e08_2=RIGHT))
    hand_in("bo.ipynb", notebook(e08_2=WRONG))
    hand_in("cy.ipynb", notebook(e08_2=STUB))
    hand_in("eve.ipynb", notebook(e08_2=DIES))
    office.receive(find(hand_in("dee.ipynb", notebook(e08_2=RIGHT))))
    assert grade_all(office, 2, cautious, quiet=True) == (4, 0)
    book = Gradebook.of(office, ["ada", "bo", "cy", "dee", "eve", "fay"])
    results_of = {who: row["08.2"].result for who, row in book.marks.items() if row}
    assert results_of == {"ada": "PASS", "bo": "FAIL", "cy": "UNKNOWN", "dee": "PASS", "eve": "FAIL"}
    assert book.missing == ["fay"]
    assert book.pass_rates() == {"08.2": (2, 5)}
    assert [(found.learners, found.same) for found in book.alike] == [(("ada", "dee"), True)]
    assert book.misconceptions()


def test_what_was_taken_in_once_is_not_taken_in_again(office, hand_in):
    folder = hand_in("ada.ipynb", notebook(e08_2=RIGHT))
    assert len(office.receive(find(folder))) == 1
    assert office.receive(find(folder)) == []
    assert len(office.waiting()) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{no json", "no notebook that can be read"),
        (notebook(), "no cell that begins with %%exercise"),
        (b"\xff\xfe", "no text in UTF-8"),
        ("[" * 200_000, "it is"),
    ],
)
def test_what_can_not_be_read_is_set_aside_with_its_reason(office, hand_in, text, reason):
    hand_in("bo.ipynb", notebook(e08_2=RIGHT))
    taken = office.receive(find(hand_in("ada.ipynb", text)))
    assert [type(event) for event in taken] == [FileSetAside, SubmissionReceived]
    assert reason in taken[0].reason
    assert Gradebook.of(office).set_aside == [taken[0]]


def test_the_last_submission_counts_and_late_is_late(office, hand_in):
    hand_in("ada/first.ipynb", notebook(e08_2=WRONG), at=1_000)
    folder = hand_in("ada/a_renamed_copy.ipynb", notebook(e08_2=RIGHT), at=2_000)
    office.receive(find(folder), deadline=datetime.fromtimestamp(1_500, UTC))
    (mark,) = Gradebook.of(office).marks["ada"].values()
    assert (mark.file, mark.late, mark.earlier, mark.result) == (
        "ada/a_renamed_copy.ipynb",
        True,
        1,
        "not graded",
    )


def test_two_offices_of_one_folder_note_a_verdict_once(office, tmp_path):
    other = Office(tmp_path / "office")
    event = CellGraded("c1", "08.2", "PASS", "", "", "", "", 0.1)
    assert office.judge(event, "<p>one</p>")
    assert not other.judge(event, "<p>two</p>")
    assert (other.card("c1"), len(other.events(CellGraded))) == ("<p>one</p>", 1)
    other.close()


def test_a_text_over_which_workers_die_is_given_up_and_the_others_are_graded(
    office, hand_in, cautious, monkeypatch
):
    """The referee survives whatever a text does; so here the workers are killed from outside."""
    hand_in("ada.ipynb", notebook(e08_2=ENDLESS))
    office.receive(find(hand_in("bo.ipynb", notebook(e08_2=RIGHT))))
    monkeypatch.setattr("sandbox.workshop.workers.SECONDS_MAX", 4)
    graded, given_up = grade_all(office, 1, cautious, quiet=True)
    assert graded + given_up == 2
    book = Gradebook.of(office)
    assert results(book)["bo"] == {"08.2": "PASS"}
    assert results(book)["ada"]["08.2"] in ("given up", "UNKNOWN", "FAIL")
    assert office.waiting() == []


@pytest.mark.parametrize("alive", [True, False])
def test_a_referee_that_was_killed_gives_no_verdict(monkeypatch, alive):
    class Killed:
        is_alive = alive

        def __init__(self, levels):
            pass

        def grade(self, exercise, source):
            return Verdict(find_grader(exercise), "UNKNOWN", story="ProcessEnded")

        def close(self):
            pass

    monkeypatch.setattr(workers, "Referee", Killed)
    ours, theirs = Pipe()
    ours.send(Cell("c1", "08.2", RIGHT))
    worker = threading.Thread(target=workers.work, args=(theirs, LEVELS))
    worker.start()
    assert ours.poll(2 if alive else 0.3) is alive
    ours.close()  # there is nothing more to do
    worker.join(5)
    assert not worker.is_alive()


def test_the_dead_letters_say_why(office, hand_in):
    office.receive(find(hand_in("ada.ipynb", notebook(e08_2=RIGHT))))
    (cell,) = office.waiting()
    office.judge(GradingGivenUp(cell.cell, cell.exercise, "2 workers have died over it"), "")
    book = Gradebook.of(office)
    assert [letter.reason for letter in book.dead_letters] == ["2 workers have died over it"]
    assert results(book) == {"ada": {"08.2": "given up"}}


def test_a_text_that_was_given_up_is_tried_again_by_the_next_run(office, hand_in, cautious):
    office.receive(find(hand_in("ada.ipynb", notebook(e08_2=RIGHT))))
    (cell,) = office.waiting()
    assert office.judge(GradingGivenUp(cell.cell, cell.exercise, "2 workers have died over it"), "")
    assert not office.judge(GradingGivenUp(cell.cell, cell.exercise, "and a third one"), "")
    assert office.dead_letters() == [cell]
    assert grade_all(office, 1, cautious, quiet=True) == (1, 0)
    assert (office.dead_letters(), Gradebook.of(office).dead_letters) == ([], [])
    assert results(Gradebook.of(office)) == {"ada": {"08.2": "PASS"}}
    assert not office.judge(GradingGivenUp(cell.cell, cell.exercise, "too late"), "")
