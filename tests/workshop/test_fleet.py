"""Coordinator and workers on the simulated bus: whoever dies, and whatever comes twice, nothing is lost."""

from concurrent.futures import Future
from contextlib import suppress

import pytest

from sandbox import connect
from sandbox.__main__ import main
from sandbox.errors import BrokerUnreachable, CommitRejected, ConsumerClosed, Crashed
from sandbox.workshop import Gradebook, Office, find
from sandbox.workshop.events import CellGraded, GradingGivenUp
from sandbox.workshop.fleet import Coordinator, Worker, messages
from sandbox.workshop.fleet.messages import NOTES, TEXTS, VERDICTS, make_topics, pack, unpack
from sandbox.workshop.office import Cell
from tests.workshop.conftest import notebook

COUNT = 6
POISON = "# text 3"


@pytest.fixture
def bus():
    made = connect("sim://", seed=3)
    make_topics(made)
    return made


@pytest.fixture
def office(tmp_path, hand_in):
    office = Office(tmp_path / "office")
    for number in range(COUNT):
        folder = hand_in(f"learner-{number}.ipynb", notebook(e08_2=f"# text {number}\n"))
    office.receive(find(folder))
    yield office
    office.close()


class Machine:
    """A worker with a grader that has its verdict at once, or holds it back, or is killed by a poison."""

    def __init__(self, bus, *, poison="", held=False, capacity=2):
        self.clock, self.begun, self.futures = 0.0, [], []
        self.poison, self.held = poison, held
        self.worker = Worker(bus, self.submit, capacity, now=lambda: self.clock)

    def submit(self, cell: Cell) -> Future:
        self.begun.append(cell.source.strip())
        if self.poison and self.poison in cell.source:
            raise Crashed("killed by a text")
        future = Future()
        self.futures.append((future, cell))
        if not self.held:
            self.answer()
        return future

    def answer(self):
        for future, cell in self.futures:
            if not future.done():
                future.set_result((verdict_on(cell), f"<p>{cell.source}</p>"))

    def turns(self, count=12):
        for _ in range(count):
            self.clock += 2
            try:
                self.worker.turn()
            except Crashed:
                self.die()
                return False
        return True

    def die(self):
        with suppress(ConsumerClosed):  # a fault has killed it already
            self.worker._consumer.crash()


def verdict_on(cell: Cell) -> CellGraded:
    return CellGraded(cell.cell, cell.exercise, "PASS", "", "", "", "", 0.1)


def results(office):
    return sorted(mark.result for row in Gradebook.of(office).marks.values() for mark in row.values())


def begun(bus, office):
    coordinator = Coordinator(bus, office)
    coordinator.begin()
    return coordinator


def test_two_workers_share_the_texts_and_the_bus_is_empty_in_the_end(bus, office):
    coordinator = begun(bus, office)
    machines = [Machine(bus), Machine(bus)]
    for _ in range(8):
        for machine in machines:
            machine.turns(1)
    coordinator.turn()
    assert (coordinator.left, coordinator.graded, results(office)) == (0, COUNT, ["PASS"] * COUNT)
    assert all(machine.begun for machine in machines)
    assert sum(len(machine.begun) for machine in machines) == COUNT
    assert office.card(office.events(CellGraded)[0].cell).startswith("<p># text")
    assert coordinator.clear()
    fresh = bus.consumer([TEXTS, NOTES, VERDICTS], "anybody")
    assert fresh.poll() == []


def test_what_a_dead_worker_had_is_graded_by_another(bus, office):
    coordinator = begun(bus, office)
    dying, living = Machine(bus, held=True), None
    dying.turns(4)
    assert len(dying.begun) == 2
    dying.die()
    living = Machine(bus)
    living.turns()
    coordinator.turn()
    assert set(dying.begun) < set(living.begun)
    assert (coordinator.left, results(office)) == (0, ["PASS"] * COUNT)


def test_nothing_is_committed_before_its_verdict_is_out(bus, office):
    begun(bus, office)
    machine = Machine(bus, held=True)
    machine.turns(3)
    assert all(offset == 0 for offset in machine.worker._consumer.committed().values())
    machine.answer()
    machine.turns(2)
    assert sum(offset > 0 for offset in machine.worker._consumer.committed().values()) == 2


def test_a_text_that_kills_two_workers_is_a_dead_letter_until_the_next_start(bus, office):
    coordinator = begun(bus, office)
    killed = []
    while not killed or not killed[-1].turns(20):
        killed.append(Machine(bus, poison=POISON))
    coordinator.turn()
    assert len(killed) == 3
    assert [machine.begun.count(POISON) for machine in killed] == [1, 1, 0]
    assert results(office) == ["PASS"] * (COUNT - 1) + ["given up"]
    (letter,) = Gradebook.of(office).dead_letters
    assert letter.reason == "2 workers have died over it"
    assert (coordinator.left, coordinator.given_up) == (0, 1)
    again = begun(bus, office)  # the memory of the machine was at fault, say, and is mended
    assert again.total == 1
    killed[-1].poison = ""
    killed[-1].turns()
    again.turn()
    assert (again.left, results(office), Gradebook.of(office).dead_letters) == (0, ["PASS"] * COUNT, [])


def test_a_text_that_is_only_taken_away_has_killed_nobody(bus, office):
    coordinator = begun(bus, office)
    slow = [Machine(bus, held=True, capacity=COUNT)]
    slow[0].turns(3)
    for _ in range(4):  # each newcomer takes some of what the others are at
        slow.append(Machine(bus, held=True, capacity=COUNT))
        for _ in range(3):
            for machine in slow:
                machine.turns(1)
    assert max(sum(text in machine.begun for machine in slow) for text in slow[0].begun) >= 2
    for _ in range(8):  # longer than anybody waits for news
        for machine in slow:
            machine.turns(1)
    for machine in slow:
        machine.answer()
        machine.turns(12)
    coordinator.turn()
    assert (coordinator.left, results(office)) == (0, ["PASS"] * COUNT)
    assert office.events(GradingGivenUp) == []


def test_a_new_coordinator_asks_for_nothing_twice(bus, office):
    begun(bus, office)  # and it is killed
    second = Coordinator(bus, office)
    assert second.begin() == 0
    machine = Machine(bus)
    machine.turns()
    third = Coordinator(bus, office)  # the second one is killed before it hears of anything
    assert third.begin() == 0
    assert (third.left, results(office), len(machine.begun)) == (0, ["PASS"] * COUNT, COUNT)


def test_another_offices_texts_stay_on_the_bus(bus, office, tmp_path, hand_in):
    other = Office(tmp_path / "other")
    other.receive(find(hand_in("zoe.ipynb", notebook(e08_2="# hers\n"))))
    ours, theirs = begun(bus, office), begun(bus, other)
    machine = Machine(bus)
    machine.turns(1)
    assert not ours.clear()
    machine.turns(20)
    ours.turn()
    theirs.turn()
    assert (ours.left, theirs.left) == (0, 0)
    assert len(office.events(CellGraded)) == COUNT
    other.close()


@pytest.mark.parametrize("seed", range(12))
def test_under_faults_by_chance_every_text_comes_to_its_verdict(office, seed):
    bus = connect("sim://", seed=seed)
    make_topics(bus)
    bus.faults.randomly(rate=0.15)
    machines, coordinator = [Machine(bus), Machine(bus)], None
    for _ in range(400):
        try:
            if coordinator is None:
                coordinator = begun(bus, office)
            coordinator.turn()
            if not coordinator.left:
                break
        except (BrokerUnreachable, CommitRejected, Crashed):
            coordinator = None
        for number, machine in enumerate(machines):
            try:
                alive = machine.turns(1)
            except (BrokerUnreachable, CommitRejected):
                continue
            if not alive:
                machines[number] = Machine(bus)
        bus.clock.advance(1_000)
    assert bus.faults.plan.faults
    bus.faults.randomly(rate=0)
    for machine in machines:
        machine.die()
    if office.dead_letters():  # struck twice: the next start tries it again
        coordinator, machine = begun(bus, office), Machine(bus)
        bus.clock.advance(60_000)
        for _ in range(20):
            machine.turns(1)
            coordinator.turn()
    assert results(office) == ["PASS"] * COUNT
    assert len(office.events(CellGraded)) == COUNT


def test_a_text_too_big_for_a_record_is_given_up_with_the_reason(bus, office, monkeypatch):
    monkeypatch.setattr(messages, "BYTES_MAX", 10)
    coordinator = begun(bus, office)
    assert (coordinator.left, coordinator.given_up) == (0, COUNT)
    assert "too big for the bus" in Gradebook.of(office).dead_letters[0].reason


@pytest.mark.parametrize("text", ["", "print('ü')", "\ud800 no Unicode", "x" * 2_000_000])
def test_any_text_can_be_packed(text):
    assert unpack(pack(text)) == text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "--bus", "kafka://localhost:1"], "no Kafka answers at localhost:1"),
        (["grade", "--bus", "sim://"], "On one machine, leave --bus out."),
        (["worker", "--bus", "localhost:9092", "--without-confinement"], "--bus kafka://host:9092"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_with_the_next_step(tmp_path, capsys, arguments, said):
    folder = ["--folder", str(tmp_path)] if arguments[0] == "grade" else []
    assert main(["workshop", *arguments, *folder]) == 3
    assert said in capsys.readouterr().err
