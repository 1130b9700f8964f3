"""What a course's `nbgrader_config.py` sets: `configure(c)`. It needs nbgrader."""

import os
from pathlib import Path

from nbgrader.converters.generate_assignment import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import is_solution

from sandbox.workshop.nbgrading import COURSE_ID

SECONDS_MAX = 60  # of one cell


class OwnStubs(ClearSolutions):
    """Puts each exercise's own stub where its solution was; other cells as nbgrader does it.

    Some stubs are programs to be mended, so nbgrader's one stub for all would not do.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        """Called by nbgrader for each cell."""
        stub = cell.metadata.get("sandbox", {}).pop("stub_source", None)
        if stub is None or not is_solution(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        cell.source = stub
        return cell, resources


def configure(c) -> None:
    """Set up nbgrader for a course of ours; what is set afterwards counts."""
    c.CourseDirectory.course_id = COURSE_ID
    defaults = GenerateAssignment.class_traits()["preprocessors"].default()
    c.GenerateAssignment.preprocessors = [OwnStubs if each is ClearSolutions else each for each in defaults]
    c.Execute.timeout = SECONDS_MAX
    # What submissions solve is no progress of whoever grades them.
    os.environ.setdefault("SANDBOX_PROGRESS", str(Path.cwd() / ".progress.json"))
