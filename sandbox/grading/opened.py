"""A failing story in the lab: by `sandbox.lab()`, or by the button beneath the verdict."""

import ipywidgets
from IPython.display import display

from sandbox.grading.replay import Replay, replay
from sandbox.trace import FOLLOW
from sandbox.views import Lab
from sandbox.views.lab.picture import Run
from sandbox.views.lab.recorder import ROWS_MAX, Content, in_a_cell

WHY = "A story that was told by an exercise: with another plan it goes another way, sandbox.lab(plan)."


def lab(plan: str = "") -> Lab:
    """The last exercise's story under `plan`, as `replay` tells it, in the lab.

    Without a plan, the counterexample. Raises `UsageError` as `replay` does.
    """
    return in_the_lab(replay(plan))


def in_the_lab(told: Replay) -> Lab:
    """A story with its tables, ready to play."""
    run = told.story.run
    return Lab.of_story(
        run.trace,
        Run(contents=_contents(told)),
        title=f"How {told.exercise} goes",
        plan=str(run.plan),
        code=f'import sandbox\n\nsandbox.lab("{run.plan}")',
        ending=told.ending,
        why=WHY,
    )


def button() -> ipywidgets.Widget:
    """Opens the last counterexample beneath itself, once it is clicked."""
    said = ipywidgets.Button(description="Open it in the lab", layout=ipywidgets.Layout(width="auto"))
    place = ipywidgets.Output()

    def clicked(_: ipywidgets.Button) -> None:
        said.disabled = True
        with place:
            display(opened)

    opened = lab()
    said.on_click(clicked)
    box = ipywidgets.VBox([said, place])
    box.add_class("sandbox-open-lab")
    return box


def _contents(told: Replay) -> list[Content]:
    """The tables after each step, where they have changed."""
    found, known = [], {}
    for entries, tables in told.story.moments:
        step = sum(raw.action != FOLLOW and bool(raw.actor) for raw in told.story.run.trace.entries[:entries])
        for name, rows in tables.items():
            cells = [[in_a_cell(value) for value in row.values()] for row in rows[-ROWS_MAX:]]
            if known.get(name) != cells:
                known[name] = cells
                columns = list(rows[0]) if rows else []
                found.append(Content(step, "the exercise's tables", name, columns, cells, len(rows)))
    return found
