"""What a learner has beside a verdict: the story again, the progress, and the terminal."""

import json
from pathlib import Path

import pytest

from sandbox.__main__ import main
from sandbox.errors import UsageError
from sandbox.grading import audit, grade, progress
from sandbox.grading.progress import note
from sandbox.grading.replay import Replay, remember, replay

ROOT = Path(__file__).resolve().parents[2]
WRONG = ROOT / "lessons/08_outbox/wrong/08_2_marked_first.py"
RIGHT = ROOT / "lessons/08_outbox/right/08_2_batch.py"


@pytest.fixture
def failing() -> Replay:
    source = WRONG.read_text()
    remember(source, grade("08.2", source))
    return replay()


def test_the_counterexample_is_told_again(failing):
    assert "UPDATE outbox SET sent = 1" in repr(failing)
    assert "relay        crash   <-- after this, nothing helps" in repr(failing)
    assert failing.ending.startswith("no lost message: B-7 over 420")
    assert "Plan: seed 0; crash relay execute 2 after" in repr(failing)


def test_the_tables_are_those_of_each_moment(failing):
    assert failing.tables(0) == {"orders": [], "outbox": []}
    assert failing.tables(2)["orders"] == [{"order_id": "B-7", "cents": 420}]
    assert failing.tables(2)["outbox"] == []
    assert failing.tables(5)["outbox"][0]["sent"] == 0
    assert failing.tables(7)["outbox"][0]["sent"] == 1


def test_the_picture_grows(failing):
    start, end = failing.after(0), failing.after(7)
    assert start.width == end.width
    assert '<g opacity="0.18">' in start.svg
    assert '<g opacity="0.18">' not in end.svg


def test_another_plan_can_be_tried(failing):
    assert replay("seed 0").ending == "All is well in the end."
    with pytest.raises(UsageError, match=r"never struck.*relay publish 1"):
        replay("seed 0; crash relay publish 7 before")
    with pytest.raises(UsageError, match="no fault"):
        replay("crash")


def test_a_notebook_gets_a_form_and_the_whole_story(failing):
    bundle = failing._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "never hears of it" in bundle["text/html"]


def test_progress_counts_attempts_and_forgets_no_success(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_PROGRESS", str(tmp_path / "mine.json"))
    wrong, right = grade("08.2", WRONG.read_text()), grade("08.2", RIGHT.read_text())
    note(wrong)
    assert "08.2  ✕ FAIL, 1 attempt " in repr(progress())
    note(right)
    note(wrong)
    assert "08.2  ✓ solved, now FAIL, 3 attempts" in repr(progress())
    assert repr(progress()).startswith("1 of ")
    (tmp_path / "mine.json").write_text("{half a fi")
    assert "08.2  – not tried yet" in repr(progress())
    note(right)
    assert json.loads((tmp_path / "mine.json").read_text())["08.2"]["attempts"] == 1


def test_progress_by_lesson_has_a_sign_for_each_exercise(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_PROGRESS", str(tmp_path / "mine.json"))
    note(grade("08.2", WRONG.read_text()))
    assert "✕ 08.2" in repr(progress().by_lesson)
    note(grade("08.2", RIGHT.read_text()))
    brief = progress().by_lesson
    assert repr(brief).startswith("1 of ")
    assert "– 01.1  – 01.2" in repr(brief) and "The till that knew everybody" in repr(brief)
    assert "✓ 08.2" in repr(brief) and "✓ 08.2" in brief._repr_mimebundle_()["text/html"]


def test_progress_that_can_not_be_kept_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SANDBOX_PROGRESS", str(tmp_path / "nowhere" / "mine.json"))
    note(grade("08.2", RIGHT.read_text()))
    assert "could not be kept" in capsys.readouterr().out


def test_the_audit_finds_a_verdict_that_is_not_deserved(tmp_path, capsys):
    assert main(["audit", "08.2"]) == 0
    assert "08.2  wrong/marked_first" in (said := capsys.readouterr().out)
    assert "verdicts as deserved, over 1 exercises" in said
    entry = audit.Entry("08.2", "right/really", "PASS", (grade("08.2", WRONG.read_text()),))
    assert not entry.as_deserved
    assert "FAIL by no lost message, and deserves PASS" in str(entry)
    flipping = audit.Entry("08.2", "x", "PASS", (*entry.verdicts, grade("08.2", RIGHT.read_text())))
    assert flipping.got == "FAIL by no lost message and PASS"
    assert not flipping.as_deserved


def test_the_terminal_grades_a_whole_notebook(capsys):
    assert main(["check", "all", str(ROOT / "solutions/08_outbox.ipynb")]) == 0
    assert "✓ PASS  08.2" in capsys.readouterr().out
    assert main(["check", "08.2", str(WRONG)]) == 1
    assert 'sandbox.replay("seed 0; crash relay execute 2 after")' in capsys.readouterr().out
    assert main(["check", "all", str(WRONG)]) == 3
    assert main(["audit", "77.7"]) == 3
