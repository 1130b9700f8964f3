"""A teacher's tools: collect what was handed in, grade it from outside, give it back.

Submissions and verdicts are events in a store. So grading can be killed anywhere and
started again: nothing is graded twice, and nothing is lost.
"""

from sandbox.workshop.files import Found, find
from sandbox.workshop.gradebook import Gradebook, Mark
from sandbox.workshop.grading import grade_all
from sandbox.workshop.office import Office

__all__ = ["Found", "Gradebook", "Mark", "Office", "find", "grade_all"]
