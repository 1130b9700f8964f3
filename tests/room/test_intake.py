"""Taken in once, whatever comes twice, mixed up, or is none of ours; and built anew, the same."""

import random
from dataclasses import replace

import pytest

from sandbox import connect
from sandbox.errors import BrokerUnreachable, Crashed
from sandbox.room.board import Board
from sandbox.room.events import LearnerJoined, LearnerLeft, VerdictGiven
from sandbox.room.folder_bus import FolderBus
from sandbox.room.intake import Intake, take_all
from sandbox.store import SqliteDatabase
from tests.room.conftest import START, at, record_of, verdict

LESSON = [
    LearnerJoined("m1", "M1", 1, at(0)),
    verdict("m1", 2, 1, "08.2", "FAIL", "a belief"),
    verdict("m1", 3, 2, "08.2", "PASS"),
    verdict("m2", 1, 1, "08.2", "FAIL", "a belief"),
    verdict("m2", 2, 3, "08.3", "UNKNOWN"),
    verdict("m3", 1, 3, "08.3", "FAIL", "another"),
    LearnerLeft("m3", 2, at(4)),
]


def board_of(intake):
    intake.catch_up()
    return Board.of(intake, now=START)


def wanted():
    intake = Intake(SqliteDatabase())
    for event in LESSON:
        intake.take(record_of(event))
    return board_of(intake)


@pytest.mark.parametrize("seed", range(20))
def test_order_and_duplicates_change_nothing(intake, seed):
    dice = random.Random(seed)
    events = LESSON + dice.sample(LESSON, 4)
    dice.shuffle(events)
    for event in events:
        intake.take(record_of(event))
        if dice.random() < 0.5:
            intake.catch_up()
    assert board_of(intake) == wanted()
    intake.rebuild()
    assert board_of(intake) == wanted()


@pytest.mark.parametrize("seed", range(5))
def test_the_simulated_bus_with_faults_by_chance(intake, seed):
    sim = connect("sim://", seed=seed)
    topic = sim.create_topic("room", partitions=3)
    sim.faults.randomly(rate=0.4)
    sim.subscribe(topic, intake.group, intake.take)
    for event in LESSON:
        stored = record_of(event).stored
        for _ in range(20):
            try:
                sim.forward(topic, stored, source="relay")
                break
            except (BrokerUnreachable, Crashed):  # it may have arrived: a relay says it again
                pass
    sim.run()
    assert repr(sim.faults) != "No fault has struck."
    assert board_of(intake) == wanted()


def test_who_has_left_is_forgotten(intake):
    for event in LESSON:
        intake.take(record_of(event))
    assert [line.learner for line in board_of(intake).lines] == ["M1", "M2"]
    intake.take(record_of(replace(LESSON[5], number=3)))  # a latecomer
    assert [line.learner for line in board_of(intake).lines] == ["M1", "M2"]


@pytest.mark.parametrize(
    "changed",
    [
        {"result": "A+"},
        {"learner": "x" * 500},
        {"learner": "a\x1b[2Jb"},
        {"at": "yesterday"},
        {"at": "2026-11-30T09:00:00"},
        {"number": 0},
        {"member": ""},
    ],
)
def test_what_we_would_not_write_is_passed_by(intake, changed):
    intake.take(record_of(replace(verdict("m1", 1, 0, "08.2", "PASS"), **changed)))
    assert (intake.refused, board_of(intake).lines) == (1, [])


def test_another_message_under_a_known_id_is_passed_by(intake):
    intake.take(record_of(verdict("m1", 1, 0, "08.2", "FAIL")))
    intake.take(record_of(verdict("m1", 1, 0, "08.2", "PASS")))
    assert (intake.refused, board_of(intake).lines[0].squares["08.2"].result) == (1, "FAIL")


def test_two_dashboards_with_one_memory_count_once(tmp_path):
    intakes = [Intake(SqliteDatabase(tmp_path / "room.sqlite")) for _ in range(2)]
    assert intakes[0].group == intakes[1].group
    for event in LESSON:
        for intake in intakes:
            intake.take(record_of(event))
    assert board_of(intakes[0]) == board_of(intakes[1]) == wanted()
    for intake in intakes:
        intake.db.close()


def test_a_folder_gives_whole_lines_only_and_goes_on_after_a_torn_one(tmp_path, intake):
    bus = FolderBus(tmp_path)
    topic = bus.create_topic("room")
    consumer = bus.consumer(topic, "dashboard")
    events = [event for event in LESSON if event.member == "m1"]
    bus.forward("room", record_of(events[0]).stored)
    (file,) = (tmp_path / "room").iterdir()
    whole = file.read_bytes()
    with file.open("ab") as torn:
        torn.write(whole[:50])  # the writer dies here
    assert take_all(intake, consumer.poll, consumer.commit) == 1
    bus.forward("room", record_of(events[1]).stored)
    assert [type(record.event) for record in consumer.poll()] == [VerdictGiven]
    (tmp_path / "room" / "eve.jsonl").write_bytes(b'{"no": "line"}\n' + b"x" * 20_000 + b"\n" + whole)
    (tmp_path / "room" / "link.jsonl").symlink_to(file)
    (again,) = consumer.poll()
    assert again.event == events[0]


def test_a_folder_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(BrokerUnreachable, match="workshop watch --bus"):
        FolderBus(tmp_path / "nowhere")
