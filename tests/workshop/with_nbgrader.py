"""What tests/workshop/test_nbgrader.py has nbgrader do, in a Python that has it.

`… course COURSE LESSON`: the whole way of an assignment, with the course's own nbgrader_config.py.
`… report OFFICE COURSE`: our report, a grade by hand, our report again, and then nbgrader's export.
"""

import json
import os
import sys
from io import StringIO
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import ExportApp, NbGraderAPI
from nbgrader.validator import Validator
from traitlets.config import PyFileConfigLoader

from sandbox.__main__ import main
from sandbox.workshop.nbgrading import COURSE_ID


def course(place: Path, lesson: str) -> dict:
    """Make the assignment, hand in a solution and the stub, grade both, write the feedback."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(place)).load_config()
    config.CourseDirectory.root = str(place)
    api = NbGraderAPI(config=config)
    told = {"validated": validated(place / f"source/{lesson}/{lesson}.ipynb")}
    told["generated"] = api.generate_assignment(lesson)["success"]
    released = place / f"release/{lesson}/{lesson}.ipynb"
    told["released"] = released.read_text(encoding="utf-8")
    told["validated as it came"] = validated(released)
    for learner, kind in (("ada", "source"), ("bo", "release")):
        handed_in = place / f"submitted/{learner}/{lesson}/{lesson}.ipynb"
        handed_in.parent.mkdir(parents=True)
        handed_in.write_bytes((place / f"{kind}/{lesson}/{lesson}.ipynb").read_bytes())
        told[learner] = api.autograde(lesson, learner)["success"]
        told[f"{learner}'s feedback"] = api.generate_feedback(lesson, learner)["success"]
    told["scores"] = {row["student"]: row["score"] for row in api.get_submissions(lesson)}
    told["page"] = (place / f"feedback/bo/{lesson}/{lesson}.html").read_text(encoding="utf-8")
    return told


def validated(notebook: Path) -> str:
    """What `nbgrader validate` prints."""
    validator = Validator()
    validator.stream = StringIO()
    validator.validate_and_print(str(notebook))
    return validator.stream.getvalue()


def report(office: str, place: str) -> dict:
    """The exit statuses of our reports, and nbgrader's table of grades."""
    command = ["workshop", "report", "--folder", office, "--nbgrader", place]
    statuses = [main(command)]
    os.chdir(place)
    with Gradebook("sqlite:///gradebook.db", COURSE_ID) as book:
        book.find_grade("test-00-1", "00_welcome", "00_welcome", "bo").manual_score = 0.5
        book.db.commit()
    statuses.append(main(command))
    ExportApp.launch_instance(["export", "--log-level=ERROR"])
    return {"statuses": statuses, "grades": Path("grades.csv").read_text(encoding="utf-8")}


if __name__ == "__main__":
    # nbgrader calls `alembic` by its name
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    what, one, other = sys.argv[1:]
    outcome = course(Path(one), other) if what == "course" else report(one, other)
    print("\n" + json.dumps(outcome))
