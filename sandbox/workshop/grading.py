"""Grade all that waits. It can be killed anywhere: started again, it goes on where it was.

Giving up is not for ever. What was given up in an earlier run is tried once more, after
all else: a worker may also be killed by somebody who needs the memory.
"""

from collections.abc import Sequence
from itertools import chain

from tqdm import tqdm

from sandbox.referee import CONFINED
from sandbox.workshop.events import CellGraded, GradingGivenUp
from sandbox.workshop.office import Office
from sandbox.workshop.workers import Workers


def grade_all(
    office: Office, workers: int = 2, levels: Sequence[str] = CONFINED, quiet: bool = False
) -> tuple[int, int]:
    """How many texts were graded, and how many were given up, this time.

    Shows how it goes on, and how long it will take. Raises `NotSupportedHere` where
    submissions can't be confined as `levels` ask.
    """
    waiting, again = office.waiting(), office.dead_letters()
    count = len(waiting) + len(again)
    graded = given_up = 0
    with Workers(min(workers, max(count, 1)), levels) as pool:
        judged = chain(pool.grade(waiting), pool.grade(again))
        for event, card in tqdm(judged, total=count, unit="text", disable=quiet):
            new = office.judge(event, card)
            graded += new and isinstance(event, CellGraded)
            given_up += isinstance(event, GradingGivenUp)
    return graded, given_up
