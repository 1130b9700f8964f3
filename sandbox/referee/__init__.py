"""The isolated referee: other people's submissions, graded from outside.

The world, the faults and the judging live in this process. The submission lives in confined
processes of its own and reaches the world only by calls over a pipe, so whatever it patches,
hangs, fills or forges, it can't touch its grade.
"""

from sandbox.confined.lockdown import LEVELS
from sandbox.referee.grade import Referee, grade_isolated
from sandbox.referee.processes import CONFINED

__all__ = ["CONFINED", "LEVELS", "Referee", "grade_isolated"]
