"""A few kills, in each run of the tests; the long proof is `python -m tests.workshop.kill_grading`."""

import pytest

from sandbox.errors import NotSupportedHere
from sandbox.referee import LEVELS, Referee
from tests.workshop import kill_grading

pytestmark = pytest.mark.slow


def test_killed_anywhere_and_started_again_the_gradebook_is_the_same(tmp_path):
    try:
        Referee(LEVELS).close()
    except NotSupportedHere as reason:
        pytest.skip(f"NOT CHECKED: {reason}")
    loop = kill_grading.run(tmp_path, kills=5)
    assert loop.total == 5
