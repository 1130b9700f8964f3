"""Submissions that mean harm: none of them passes, and none disturbs the next one."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest

from sandbox.errors import NotSupportedHere
from sandbox.explore.limits import crowd
from sandbox.referee import Referee
from sandbox.referee.processes import CONFINED, Nursery
from sandbox.referee.program import FarProgram

HERE = Path(__file__).parent
LESSON = HERE.parents[1] / "lessons" / "08_outbox"
RIGHT = (LESSON / "right" / "08_2_batch.py").read_text(encoding="utf-8")
WRONG = (LESSON / "wrong" / "08_2_in_memory.py").read_text(encoding="utf-8")
SECONDS = 3  # after which a submission is stopped
SECONDS_MAX = 10  # of a verdict, on a busy machine
MEMORY_MAX = 300 * 2**20  # bytes by which the referee may grow

UNCONFINED = "import sys; exec(sys.argv[1]); sys.exit(attack() is not True)"
BENEATH = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', *sys.argv[1:]]).returncode)"
REMEMBERS = "import sys; exec(sys.argv[1]); leave(); sys.exit(find() is not True)"


def sources(folder):
    return [
        pytest.param(path.read_text(encoding="utf-8"), id=path.stem)
        for path in sorted((HERE / folder).glob("*.py"))
    ]


@cache
def works_here(runner, source):
    """Does it do what it should, where nothing keeps it from doing it? In a process beneath another one."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1]), "REFEREES_SECRET": "x"}
    command = [sys.executable, "-c", BENEATH, runner, source]
    return subprocess.run(command, env=environment, capture_output=True, timeout=60).returncode == 0


@pytest.fixture(scope="module", params=CONFINED)
def level(request):
    os.environ["REFEREES_SECRET"] = "x"
    yield request.param
    del os.environ["REFEREES_SECRET"]


@pytest.fixture(scope="module")
def nursery(level):
    try:
        nursery = Nursery([level])
    except NotSupportedHere as reason:
        pytest.skip(f"NOT CHECKED: {reason}")
    yield nursery
    nursery.close()


@pytest.fixture
def program(nursery):
    programs = []

    def make(source):
        programs.append(FarProgram(nursery, source, "<hostile>"))
        return programs[-1]

    yield make
    for program in programs:
        program.close()


@pytest.fixture(scope="module")
def referee(level):
    try:
        referee = Referee([level])
    except NotSupportedHere as reason:
        pytest.skip(f"NOT CHECKED: {reason}")
    yield referee
    referee.close()


def outcome(call):
    try:
        return call()
    except Exception as error:
        return error


@pytest.mark.parametrize("source", sources("attacks"))
def test_what_an_unconfined_process_can_do_is_refused(program, source):
    if not works_here(UNCONFINED, source):
        pytest.skip("NOT CHECKED: it does not work here, confined or not")
    found = outcome(program(source).load().module.attack)
    assert found is False or isinstance(found, OSError | MemoryError), found


@pytest.mark.parametrize("source", sources("keepers"))
def test_nothing_remembers_across_a_crash(program, source):
    if not works_here(REMEMBERS, source):
        pytest.skip("NOT CHECKED: it does not work here, confined or not")
    hostile = program(source)
    outcome(hostile.load().module.leave)
    hostile.unload()
    found = outcome(hostile.load().module.find)
    assert found is False or isinstance(found, OSError), found


@pytest.mark.parametrize("source", sources("hostile"))
def test_none_passes_and_none_disturbs_the_next_one(referee, source):
    if "def relay" not in source and "relay =" not in source:
        source += WRONG
    memory, start = resident(), perf_counter()
    verdict = referee.grade("08.2", source, seconds=SECONDS)
    assert verdict.result != "PASS", verdict.text()
    assert perf_counter() - start < SECONDS_MAX * crowd()
    assert resident() - memory < MEMORY_MAX
    assert referee.grade("01.1", "def messages():\n    return {}").result == "UNKNOWN"
    assert referee.grade("08.2", WRONG).invariant == "no lost message"


@pytest.mark.parametrize("source", sources("hostile_answers"))
def test_no_answer_gains_anything(referee, source):
    exercise = source.removeprefix("# ")[:4]
    start = perf_counter()
    verdict = referee.grade(exercise, source, seconds=SECONDS)
    assert verdict.result != "PASS", verdict.text()
    assert perf_counter() - start < SECONDS_MAX * crowd()
    assert referee.grade("01.1", "def messages():\n    return {}").result == "UNKNOWN"


def test_right_ones_still_pass_after_all_that(referee):
    verdict = referee.grade("08.2", RIGHT)
    assert verdict.result == "PASS", verdict.text()
    assert verdict.confinement == referee.confinement


def resident():
    """Bytes of memory that this process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
