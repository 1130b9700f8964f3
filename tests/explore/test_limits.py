"""A deadline is met, whoever tries to miss it."""

import pytest

from sandbox.explore import limits
from sandbox.explore.limits import TimeUp, deadline


def test_a_deadline_that_got_lost_comes_again(monkeypatch):
    """What is raised inside a callback of the garbage collector, nobody ever sees."""
    monkeypatch.setattr(limits, "PATIENCE", 2)
    with pytest.raises(TimeUp), deadline(0.01, is_theirs=lambda code: False):
        try:
            while True:
                pass
        except TimeUp:
            while True:
                pass
