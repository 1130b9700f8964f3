"""nbgrader: a course made of the lessons, and our grades in its gradebook. An optional extra.

Nothing else in the sandbox imports nbgrader; `config` and `book` do, where they are asked for.
"""

from sandbox.workshop.nbgrading.course import make_course

COURSE_ID = "event-course"

__all__ = ["COURSE_ID", "make_course"]
