"""Code that rolls dice, or looks at the clock, gets the verdict that it gets in process."""

from pathlib import Path

import pytest

from sandbox.grading import grade
from sandbox.referee import LEVELS, Referee
from sandbox.referee.processes import Nursery
from sandbox.referee.program import FarProgram
from sandbox.referee.recording import Recording

LESSON = Path(__file__).parents[2] / "lessons" / "08_outbox"
RIGHT = (LESSON / "right" / "08_2_batch.py").read_text(encoding="utf-8")
WRONG = (LESSON / "wrong" / "08_2_marked_first.py").read_text(encoding="utf-8")
ONE_OF_ITS_OWN = "import uuid, secrets, random, time, os\nME = uuid.uuid4()\n"
DICE = """
def roll():
    return f"{ME} {secrets.token_hex(4)} {random.random()} {os.urandom(4)} {uuid.uuid4()}"
"""
CLOCK = """
def roll():
    return f"{ME} {time.time_ns()}"
"""


@pytest.fixture(scope="module")
def referee():
    referee = Referee(LEVELS)
    yield referee
    referee.close()


def with_headers(source, roll):
    """The solution, which now says something else each time that it publishes."""
    changed = ONE_OF_ITS_OWN + roll + source.replace("key=", "headers={'rolled': roll()}, key=")
    assert changed.count("roll()") >= 2
    return changed


@pytest.mark.parametrize(("source", "roll"), [(RIGHT, DICE), (WRONG, DICE), (WRONG, CLOCK)])
def test_the_verdict_is_the_same(referee, source, roll):
    source = with_headers(source, roll)
    here, there = grade("08.2", source), referee.grade("08.2", source)
    assert (there.result, there.invariant) == (here.result, here.invariant)
    assert [repr(found) for found in there.explorations] == [repr(found) for found in here.explorations]


def test_two_processes_of_one_run_never_roll_alike():
    nursery = Nursery(LEVELS)
    for recording in (None, Recording(seeded=True)):
        program = FarProgram(nursery, ONE_OF_ITS_OWN + DICE, "<dice>", recording=recording)
        rolled = {program.load().module.roll() for _ in range(5)}
        assert len(rolled) == 5
        assert len({text.split()[0] for text in rolled}) == 5
        program.close()
    nursery.close()


def test_seeded_dice_roll_alike_when_a_run_is_told_again():
    nursery = Nursery(LEVELS)
    program = FarProgram(nursery, ONE_OF_ITS_OWN + DICE, "<dice>", recording=Recording(seeded=True))
    first = [program.load().module.roll() for _ in range(3)]
    program.unload()
    recorded = [program.load().module.roll() for _ in range(3)]
    program.close()
    program = FarProgram(nursery, ONE_OF_ITS_OWN + DICE, "<dice>", recording=Recording(seeded=True))
    anew = [program.load().module.roll() for _ in range(3)]
    program.close()
    nursery.close()
    assert first == recorded == anew
