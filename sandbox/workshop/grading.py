"""Grade all that waits. It can be killed anywhere: started again, it goes on where it was."""

from collections.abc import Sequence

from tqdm import tqdm

from sandbox.referee import CONFINED
from sandbox.workshop.events import CellGraded
from sandbox.workshop.office import Office
from sandbox.workshop.workers import Workers


def grade_all(
    office: Office, workers: int = 2, levels: Sequence[str] = CONFINED, quiet: bool = False
) -> tuple[int, int]:
    """How many texts were graded, and how many were given up, this time.

    Shows how it goes on, and how long it will take. Raises `NotSupportedHere` where
    submissions can't be confined as `levels` ask.
    """
    waiting = office.waiting()
    graded = given_up = 0
    with Workers(min(workers, max(len(waiting), 1)), levels) as pool:
        for event, card in tqdm(pool.grade(waiting), total=len(waiting), unit="text", disable=quiet):
            if office.judge(event, card):
                graded += isinstance(event, CellGraded)
                given_up += not isinstance(event, CellGraded)
    return graded, given_up
