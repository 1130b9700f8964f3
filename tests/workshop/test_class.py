"""A class as people are, in small; the whole of each is a command that one runs by hand.

`python -m tests.workshop.hostile_class` has all hostile submissions and a hundred learners,
`python -m tests.workshop.rehearsal` thirty learners who run their notebooks.
"""

import random
from dataclasses import replace

import pytest

from sandbox.errors import NotSupportedHere
from sandbox.referee import CONFINED, Referee
from tests.workshop import hostile_class, learners, rehearsal

QUICK = ("forged", "equals", "patched", "exit", "exception_like")  # hostile ones that nobody waits for


@pytest.fixture
def confined():
    try:
        Referee(CONFINED).close()
    except NotSupportedHere as reason:
        pytest.skip(f"NOT CHECKED: {reason}")


@pytest.mark.slow
def test_among_hostile_ones_everybody_keeps_the_grade(confined):
    hostile = {
        name: found
        for name, found in hostile_class.hostile_ones().items()
        if any(word in name for word in QUICK)
    }
    assert len(hostile) > 6
    outcome = hostile_class.run(hostile_class.honest_ones(6, random.Random(8)), hostile, 2, quiet=True)
    assert outcome.is_well, "\n".join(outcome.lines)


@pytest.mark.slow
def test_by_the_guide_alone_a_class_comes_from_hand_out_to_gradebook(confined, tmp_path, monkeypatch):
    held = rehearsal.Rehearsal(tmp_path, ["00"], len(learners.WAYS), runs=0, seed=30)
    assert held.hold() == []
    # And it would have seen a gradebook that is wrong.
    whole = learners.Learner("00-solves", {"00.1": "PASS"})
    assert list(held._wrong_marks([whole])) == []
    assert len(list(held._wrong_marks([replace(whole, results={"00.1": "FAIL"}, late=True)]))) == 3
