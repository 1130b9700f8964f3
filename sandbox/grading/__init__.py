"""Exercises: the learner's cell is attacked, and judged by named invariants."""

from sandbox.grading.generated import for_all
from sandbox.grading.grade import grade
from sandbox.grading.grader import Finding, Grader, find_grader
from sandbox.grading.progress import progress
from sandbox.grading.submission import Submission
from sandbox.grading.verdict import Verdict

__all__ = ["Finding", "Grader", "Submission", "Verdict", "find_grader", "for_all", "grade", "progress"]
