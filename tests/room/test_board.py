"""The rules of the board, and what of it the class may see."""

from datetime import timedelta

import pytest

from sandbox.__main__ import main
from sandbox.errors import UsageError
from sandbox.room import Room, words
from sandbox.room.board import Board, Rules
from sandbox.room.folder_bus import FolderBus
from sandbox.room.page import fragment, page
from tests.room.conftest import START, record_of, verdict

EVIL = "<script>alert(1)</script>"


def board_after(intake, passed, *events, **rules):
    for event in events:
        intake.take(record_of(event))
    intake.catch_up()
    return Board.of(intake, Rules(**rules), START + timedelta(minutes=passed))


def results(*given):
    """`m1`'s verdicts, one a minute."""
    return [verdict("m1", n, n, exercise, result) for n, (exercise, result) in enumerate(given, start=1)]


@pytest.mark.parametrize(
    ("given", "minutes", "state"),
    [
        ([("08.2", "FAIL")] * 2, 3, "working"),
        ([("08.2", "FAIL")] * 3, 4, "stuck"),
        ([("08.2", "UNKNOWN")] * 3, 4, "stuck"),
        ([("08.2", "FAIL")], 10.9, "working"),
        ([("08.2", "FAIL")], 11, "stuck"),
        ([("08.2", "FAIL")] * 3 + [("08.2", "PASS")], 30, "working"),
        ([("08.2", "PASS"), *[("08.2", "FAIL")] * 4], 6, "working"),  # who plays with what is solved
        ([("08.2", "FAIL")] * 3 + [("08.3", "FAIL")], 5, "working"),  # who has gone on
        ([("08.2", "FAIL")] * 3, 49, "silent"),
    ],
)
def test_who_is_stuck(intake, given, minutes, state):
    (line,) = board_after(intake, minutes, *results(*given)).lines
    assert line.state == state


def test_the_rule_is_said_with_its_numbers(intake):
    board = board_after(intake, 4, *results(*[("08.2", "FAIL")] * 2), failures=2, minutes=7)
    assert [line.why for line in board.stuck] == ["2 tries in a row without a pass"]
    for shown in (words.text(board), fragment(board)):
        assert "2 tries in a row without a pass, or 7 minutes" in shown
    with pytest.raises(UsageError, match="failures is a whole number, 1 or more, not 0"):
        Rules(failures=0)


def test_a_misconception_lives_until_its_exercise_goes_another_way(intake):
    given = [
        verdict("m1", 1, 1, "08.2", "FAIL", "A"),
        verdict("m2", 1, 1, "08.2", "FAIL", "A"),
        verdict("m3", 1, 1, "08.2", "FAIL", "B"),
        verdict("m2", 2, 2, "08.2", "FAIL", "B"),
        verdict("m3", 2, 2, "08.2", "PASS"),
    ]
    board = board_after(intake, 3, *given)
    assert board.beliefs() == [("08.2", "A", 1), ("08.2", "B", 1)]
    assert board.pass_rates() == {"08.2": (1, 3)}


def test_two_of_one_pseudonym_are_two(intake):
    one, two = (verdict(m, 1, 0, "08.2", "PASS") for m in ("m1", "M1"))
    assert [line.learner for line in board_after(intake, 1, one, two).lines] == ["M1", "M1 (2)"]


def test_the_class_sees_nobody_and_no_small_number(intake):
    many = [verdict(f"m{n}", 1, 0, "08.2", "FAIL", "common") for n in range(5)]
    few = [verdict(f"m{n}", 2, 1, "08.3", "FAIL", "rare") for n in range(4)]
    board = board_after(intake, 2, *many, *few)
    for shown in (words.text(board, for_class=True), fragment(board, for_class=True)):
        assert "common" in shown and "08.2" in shown
        assert not any(word in shown for word in ("rare", "08.3", "M1", "Stuck:"))


@pytest.mark.parametrize(
    ("passed", "of", "shown"),
    [
        (4, 4, []),
        (2, 9, [("08.2", 0, "9 have tried")]),
        (5, 10, [("08.2", 50, "5 of 10")]),
        (4, 10, [("08.2", 0, "under 5 of 10")]),
        (0, 10, [("08.2", 0, "under 5 of 10")]),
        (6, 10, [("08.2", 60, "over 5 of 10")]),
        (10, 10, [("08.2", 60, "over 5 of 10")]),
    ],
)
def test_neither_who_passed_nor_who_did_not_is_a_small_group(intake, passed, of, shown):
    given = [verdict(f"m{n}", 1, 0, "08.2", "PASS" if n < passed else "FAIL") for n in range(of)]
    assert board_after(intake, 1, *given).shown_rates() == shown


def test_a_pseudonym_is_text_and_no_program(intake):
    given = [verdict("m1", n, n, EVIL, "FAIL", EVIL) for n in (1, 2, 3)]
    shown = page(board_after(intake, 4, *given), status=EVIL)
    assert "<script" not in shown and "&lt;script&gt;" in shown


def test_every_square_says_itself_in_words(intake):
    board = board_after(intake, 5, *results(("08.1", "PASS"), ("08.2", "FAIL"), ("08.2", "FAIL")))
    assert "<span class='hidden'>failing, 2 tries, here now</span>" in fragment(board)
    assert "[✕2]" in words.text(board)


def test_from_a_terminal_and_as_a_widget(tmp_path, capsys):
    bus, office = tmp_path / "bus", tmp_path / "office"
    command = ["workshop", "watch", "--bus", str(bus), "--folder", str(office), "--once"]
    assert main(command) == 0
    assert "0 learners, 0 stuck" in capsys.readouterr().out
    there = FolderBus(bus)
    there.create_topic("room")
    there.forward("room", record_of(verdict("m1", 1, 0, "08.2", "FAIL", "a belief")).stored)
    assert main([*command, "--page", str(tmp_path / "room.html")]) == 0
    assert "a belief" in capsys.readouterr().out
    assert "a belief" in (tmp_path / "room.html").read_text(encoding="utf-8")
    room = Room(str(bus), folder=office, every=0.05)
    assert "a belief" in room.html and "a belief" in repr(room)
    there.forward("room", record_of(verdict("m2", 1, 0, "08.2", "PASS")).stored)
    for _ in range(100):
        room._over.wait(0.05)
        if "M2" in room.html:
            break
    room.stop()
    assert "M2" in room.html and len(room.board.lines) == 2


def test_a_bus_that_is_away_is_said_and_what_came_in_is_shown(tmp_path, capsys):
    command = ["workshop", "watch", "--bus", "kafka://localhost:1", "--folder", str(tmp_path), "--once"]
    assert main(command) == 1
    assert "Nothing new comes in: no Kafka answers at localhost:1" in capsys.readouterr().out
    assert main(["workshop", "watch", "--bus", "sim://", "--folder", str(tmp_path), "--once"]) == 3
    assert "the path of a folder" in capsys.readouterr().err
