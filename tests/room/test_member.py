"""The learner's side: nothing without asking, no code and no name ever, no cell that waits, and a way out."""

import json
import time
from dataclasses import fields

import pytest

from sandbox.errors import UsageError
from sandbox.room import join_workshop, leave_workshop, member
from sandbox.room.events import LearnerJoined, LearnerLeft, VerdictGiven
from sandbox.room.folder_bus import FolderBus
from tests.room.conftest import RIGHT, WRONG

SECRET = "# my-own-words by Ada Lovelace\n"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "shared"
    made.mkdir()
    return made


def heard(folder, count, seconds=5.0):
    """The events in the folder, once there are so many; one that two kernels have sent counts once."""
    until = time.monotonic() + seconds
    while True:
        bus = FolderBus(folder)
        records = bus.consumer(bus.create_topic("room"), "test").poll()
        events = list({record.envelope.id: record.event for record in records}.values())
        if len(events) >= count or time.monotonic() > until:
            return events
        time.sleep(0.02)


def test_who_has_not_asked_sends_nothing_and_keeps_nothing(learner, folder, tmp_path):
    learner.solve(WRONG)
    assert list(folder.iterdir()) == []
    assert [path.name for path in (tmp_path / "ada").iterdir()] == ["progress.json"]


def test_exactly_what_was_said_is_sent(learner, folder, capsys):
    join_workshop(folder, name="blue heron")
    told = capsys.readouterr().out
    assert all(word in told for word in ("Never your code", "blue heron", str(folder), "leave_workshop()"))
    verdict = learner.solve(SECRET + WRONG)
    joined, given = heard(folder, 2)
    assert (type(joined), joined.learner) == (LearnerJoined, "blue heron")
    assert [field.name for field in fields(given)] == [
        "member", "learner", "number", "at", "exercise", "result", "invariant", "misconception",
    ]  # fmt: skip
    assert (given.exercise, given.result, given.invariant) == ("08.2", "FAIL", verdict.invariant)
    assert given.misconception == verdict.misconception


def test_no_code_story_or_name_is_in_any_byte_that_leaves(learner, folder):
    join_workshop(folder)
    verdict = learner.solve(SECRET + WRONG)
    learner.solve(SECRET + "raise RuntimeError('my-own-words')")
    assert len(heard(folder, 3)) == 3
    (file,) = (folder / "room").iterdir()
    values = [json.loads(line) for line in file.read_text().splitlines()]
    bus = FolderBus(folder)
    records = bus.consumer(bus.create_topic("room"), "test").poll()
    left = file.read_bytes() + b"".join(record.value for record in records)
    assert len(values) == 3
    assert b"my-own-words" not in left and b"Lovelace" not in left and verdict.story.encode() not in left


def test_a_bus_that_is_away_costs_nothing_and_loses_nothing(learner, tmp_path, capsys):
    folder = tmp_path / "shared"
    join_workshop(folder, name="heron")
    start = time.monotonic()
    assert learner.solve(WRONG).result == "FAIL"
    assert time.monotonic() - start < 2
    deadline = time.monotonic() + 5
    while not member._sender.problem and time.monotonic() < deadline:
        time.sleep(0.02)
    join_workshop()
    assert "2 messages wait to be sent. The bus is away: there is no folder" in capsys.readouterr().out
    folder.mkdir()
    learner.new_kernel()
    assert [type(event) for event in heard(folder, 2)] == [LearnerJoined, VerdictGiven]


def test_a_new_kernel_goes_on_in_order_and_says_so_once(learner, folder, capsys):
    join_workshop(folder, name="heron")
    learner.new_kernel()
    capsys.readouterr()
    for source in (WRONG, RIGHT):
        learner.solve(source)
    assert [(event.number, event.learner) for event in heard(folder, 3)] == [(n, "heron") for n in (1, 2, 3)]
    assert capsys.readouterr().out.count("The workshop hears of your verdicts, as heron.") == 1


def test_who_leaves_is_not_heard_of_again_and_is_to_be_forgotten(learner, folder, capsys, monkeypatch):
    join_workshop(folder, name="heron")
    heard(folder, 1)
    leave_workshop()
    assert "asked to forget you" in capsys.readouterr().out
    monkeypatch.setenv("SANDBOX_WORKSHOP", str(folder))
    learner.new_kernel()
    learner.solve(WRONG)
    leave_workshop()
    assert "nothing is sent" in capsys.readouterr().out
    assert [type(event) for event in heard(folder, 3, seconds=0.5)] == [LearnerJoined, LearnerLeft]


def test_who_leaves_while_the_bus_is_away_throws_away_what_waits(learner, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(member, "LEAVING_S", 0.2)
    folder = tmp_path / "shared"
    join_workshop(folder)
    learner.solve(WRONG)
    leave_workshop()
    assert "the next kernel that reaches it" in capsys.readouterr().out
    folder.mkdir()
    learner.new_kernel()
    assert [type(event) for event in heard(folder, 2, seconds=1)] == [LearnerLeft]


def test_who_comes_back_is_somebody_else(learner, folder):
    join_workshop(folder, name="heron")
    heard(folder, 1)
    leave_workshop()
    join_workshop(folder, name="otter")
    first, _, second = sorted(heard(folder, 3), key=lambda event: event.member)
    assert {event.member for event in heard(folder, 3)} == {first.member, second.member}
    assert first.member != second.member


def test_the_environment_joins_with_a_pseudonym_that_is_made_up(learner, folder, monkeypatch, capsys):
    monkeypatch.setenv("SANDBOX_WORKSHOP", str(folder))
    learner.new_kernel()
    assert "What is sent" in capsys.readouterr().out
    (joined,) = heard(folder, 1)
    assert len(joined.learner.split("-")) == 3


def test_an_environment_that_is_wrong_breaks_no_import(learner, monkeypatch, capsys):
    monkeypatch.setenv("SANDBOX_WORKSHOP", "sim://")
    learner.new_kernel()
    assert "the simulated bus lives in one process" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["", "sim://", "kafka://teacher", "kafka://", "http://x", "kafka://a:1/b c"])
def test_what_is_no_address_is_refused_with_the_next_step(learner, url):
    with pytest.raises(UsageError, match=r"kafka://teacher:9092|can't name a topic"):
        join_workshop(url)


@pytest.mark.parametrize("name", ["x" * 25, "a\x1b[2Jb"])
def test_what_is_no_pseudonym_is_refused(learner, folder, name):
    with pytest.raises(UsageError, match="no pseudonym"):
        join_workshop(folder, name=name)


def test_a_file_that_is_damaged_breaks_no_cell(learner, folder, tmp_path, capsys):
    join_workshop(folder)
    heard(folder, 1)
    for path in (tmp_path / "ada").glob("workshop.sqlite*"):
        path.write_bytes(b"no database at all" * 100)
    assert learner.solve(RIGHT).result == "PASS"
    assert "does not hear of this verdict" in capsys.readouterr().out
