"""Verdicts that several tests look at: each is made once in a run."""

from functools import cache

from sandbox.grading import Verdict, grade


@cache
def graded(exercise: str, source: str) -> Verdict:
    """The verdict in this process."""
    return grade(exercise, source)
