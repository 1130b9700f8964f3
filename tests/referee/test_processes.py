"""The referee's processes: they come and go with it, and what confines them is said."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from sandbox.__main__ import main
from sandbox.clock import OPENING
from sandbox.errors import NotSupportedHere
from sandbox.messages.envelope import seal
from sandbox.ports import StoredEvent
from sandbox.referee import LEVELS, Referee, processes
from sandbox.referee.processes import Nursery, ProcessEnded
from sandbox.referee.program import FarProgram

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "lessons" / "08_outbox"
WRONG = LESSON / "wrong" / "08_2_in_memory.py"
RIGHT = LESSON / "right" / "08_2_batch.py"
ENDLESS = "while True:\n    pass\n"


def python(code):
    """Run a program in a Python of its own; what it has printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert not done.stderr
    return done.stdout.strip()


def descendants():
    return {process.pid for process in psutil.Process().children(recursive=True)}


@pytest.fixture
def nursery():
    nursery = Nursery(LEVELS)
    yield nursery
    nursery.close()


def test_a_closed_referee_leaves_no_process():
    before = descendants()
    referee = Referee(LEVELS)
    referee.grade("08.2", WRONG.read_text(encoding="utf-8"))
    assert descendants() - before
    referee.close()
    assert descendants() == before


KILLED = """
import os, psutil, signal
from sandbox.referee import LEVELS, Referee
referee = Referee(LEVELS)
referee.grade("08.2", open({path!r}).read())
print(*[process.pid for process in psutil.Process().children(recursive=True)], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_referee_leaves_no_process():
    pids = list(map(int, python(KILLED.format(path=str(WRONG))).split()))
    assert pids
    left = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(left, timeout=10)
    assert not alive


def test_instances_are_ended_with_their_run(nursery):
    program = FarProgram(nursery, "def relay():\n    return 1\n", "<here>")
    for _ in range(30):
        assert program.load().module.relay() == 1
        program.unload()
    assert len(descendants()) < 20  # some are ready ahead of time, some are about to be ended
    program.close()


def test_of_a_submission_that_is_over_no_process_is_left_not_even_a_dead_one(nursery):
    """A dead one that nobody takes leave of keeps its number; of those there are so many."""
    before = len(descendants())
    for _ in range(20):
        program = FarProgram(nursery, "def relay():\n    return 1\n", "<here>")
        assert program.load().module.relay() == 1
        program.close()
    assert len(descendants()) - before < 10  # those of the last ones may still be dying


def test_where_the_nursery_was_killed_there_is_a_new_one():
    others = descendants()
    referee = Referee(LEVELS)
    started = [psutil.Process(pid) for pid in descendants() - others]
    for process in started:
        with suppress(psutil.NoSuchProcess):  # gone with its parent already
            process.kill()
    psutil.wait_procs(started, timeout=10)
    assert referee.grade("08.2", WRONG.read_text(encoding="utf-8")).invariant == "no lost message"
    referee.close()


def test_an_instance_has_its_pipe_and_nothing_else(nursery):
    source = """
import os
def is_open(descriptor):
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
def descriptors():
    return list(filter(is_open, range(64)))
"""
    program = FarProgram(nursery, source, "<here>")
    found = program.load().module.descriptors()
    assert found[:3] == [0, 1, 2] and len(found) == 4
    program.close()


def test_a_process_that_is_gone_says_so(nursery):
    module = FarProgram(nursery, "import os\ndef relay():\n    os._exit(0)\n", "<here>").load().module
    for _ in range(2):
        with pytest.raises(ProcessEnded, match="has ended by itself"):
            module.relay()


def test_beside_the_main_thread_there_is_an_end_as_well(monkeypatch):
    """Where no signal can interrupt the referee, it waits for an answer for so long."""
    verdicts = []

    def grade():
        referee = Referee(LEVELS)  # whose start may take longer than that on a busy machine
        monkeypatch.setattr(processes, "WAIT_SECONDS", 2)
        verdicts.append(referee.grade("08.2", ENDLESS))
        referee.close()

    thread = threading.Thread(target=grade)
    thread.start()
    thread.join()
    assert [(verdict.result, verdict.invariant) for verdict in verdicts] == [("FAIL", "termination")]


@pytest.mark.parametrize(
    ("path", "status", "told"), [(RIGHT, 0, "PASS  08.2"), (WRONG, 1, "Broken: no lost message.")]
)
def test_from_a_terminal(capsys, path, status, told):
    try:
        confinement = Referee().confinement
    except NotSupportedHere as reason:
        pytest.skip(f"NOT CHECKED: {reason}")
    assert main(["check", "--isolated", "08.2", str(path)]) == status
    printed = capsys.readouterr().out
    assert told in printed
    assert f"Isolated: {confinement}." in printed


def test_with_limits_only_where_one_says_so(capsys, monkeypatch):
    monkeypatch.setattr("sandbox.referee.LEVELS", ("limits",))
    assert main(["check", "--isolated", "--without-confinement", "08.2", str(WRONG)]) == 1
    assert "with limits of time and memory only" in capsys.readouterr().out


def test_a_terminal_is_not_at_the_submissions_command(capsys, tmp_path):
    hostile = tmp_path / "hostile.py"
    hostile.write_text("raise ValueError('\\x1b[2J\\x1b[31m PASS')")
    assert main(["check", "--isolated", "--without-confinement", "08.2", str(hostile)]) == 2
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\\x1b[2J" in printed


NO_NAMESPACES = """
from sandbox.confined import kernel
from sandbox.errors import NotSupportedHere
from sandbox.referee.processes import Nursery
drop_for_ever, administration = 24, 21
kernel.prctl(drop_for_ever, administration)
try:
    nursery = Nursery({levels})
    print(nursery.level, nursery.failed)
    nursery.close()
except NotSupportedHere as error:
    print(error)
"""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="NOT CHECKED: only root can give up namespaces here")


@only_root
def test_where_namespaces_are_forbidden_landlock_is_tried():
    shown = python(NO_NAMESPACES.format(levels=["namespaces", "landlock"]))
    assert shown.startswith("landlock ['namespaces: [Errno 1] unshare:")


@only_root
def test_where_nothing_confines_nobody_else_is_graded():
    assert "--without-confinement" in python(NO_NAMESPACES.format(levels=["namespaces"]))


PAID = """
from dataclasses import dataclass
from sandbox import Event
@dataclass(frozen=True)
class Paid(Event):
    cents: int
def pay():
    return Paid(5)
def is_a_payment(stored):
    return isinstance(stored.event, Paid)
"""


def test_what_one_process_stores_another_one_reads_with_its_own_classes(nursery):
    program = FarProgram(nursery, PAID, "<here>")
    writer, reader = program.load().module, program.load().module
    envelope = seal("Paid", "event-1", "till", OPENING)
    assert reader.is_a_payment(StoredEvent("card", 1, 1, writer.pay(), envelope))
    program.close()
