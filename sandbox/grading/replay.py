"""`sandbox.replay("seed 0; crash relay execute 2 after")`: a schedule of the last exercise, step by step.

Live it is a slider with the picture and the tables as they were after each step; as text,
and where there is no kernel, it is the whole story at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import ipywidgets

from sandbox.errors import UsageError
from sandbox.explore import Scenario, Story, tell
from sandbox.faults import Plan
from sandbox.grading.submission import FILENAME
from sandbox.grading.verdict import Verdict
from sandbox.ports import Row
from sandbox.views import Figure, timeline

WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class _Latest:
    """What the last verdict was about."""

    exercise: str
    source: str  # of the program that ran
    scenario: Scenario
    events: Sequence
    plan: Plan


_latest: list[_Latest] = []


def remember(source: str, verdict: Verdict) -> None:
    """From now on, `replay` is about this submission, or about the program that its schedule has struck."""
    if verdict.strikes:
        done = verdict.strikes[-1]
        ran = done.source, done.scenario, done.scenario.events, done.run.plan
    elif verdict.explorations:
        found = verdict.explorations[-1]
        ran = source, found.scenario, found.events or found.scenario.events, found.plan or Plan()
    else:
        return
    _latest[:] = [_Latest(verdict.grader.exercise, *ran)]


class Replay:
    """One schedule of a submission, told again."""

    def __init__(self, exercise: str, story: Story) -> None:
        self.exercise = exercise
        self.story = story
        self._trace = story.run.trace
        self._steps = [step for step in self._trace.steps if step.actor]

    @property
    def ending(self) -> str:
        """What came of it."""
        anomaly = self.story.run.anomaly
        return f"{anomaly.invariant}: {anomaly.story}" if anomaly else "All is well in the end."

    def after(self, count: int) -> Figure:
        """The picture after so many steps."""
        return timeline(self._trace, f"{self.exercise}, replayed", self.ending, self._fails, count)

    def tables(self, count: int) -> dict[str, list[Row]]:
        """What stood in the databases after so many steps."""
        return self.story.tables_after(self._trace.entries_of(count))

    def __repr__(self) -> str:
        text = timeline(self._trace, fatal=self._fails).text
        return f"{text}\n{self.ending}\nPlan: {self.story.run.plan}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        form = self._form()._repr_mimebundle_()
        whole = self.after(len(self._steps)).html + f"<p>{escape(self.ending)}</p>"
        return {WIDGET: form[WIDGET], "text/html": whole, "text/plain": repr(self)}

    @property
    def _fails(self) -> bool:
        return self.story.run.anomaly is not None

    def _form(self) -> ipywidgets.Widget:
        last = len(self._steps)
        slider = ipywidgets.IntSlider(
            value=0, min=0, max=last, description="After step", continuous_update=True
        )
        play = ipywidgets.Play(value=0, min=0, max=last, interval=900, description="Play the story")
        ipywidgets.jslink((play, "value"), (slider, "value"))
        shown = ipywidgets.HTML(self._moment(0))

        def moved(change: dict) -> None:
            shown.value = self._moment(change["new"])

        slider.observe(moved, names="value")
        form = ipywidgets.VBox([ipywidgets.HBox([play, slider]), shown])
        form.add_class("sandbox-replay")
        return form

    def _moment(self, count: int) -> str:
        last = count == len(self._steps)
        said = self.ending if last else str(self._steps[count - 1]) if count else "Nothing has happened yet."
        tables = "".join(_table(name, rows) for name, rows in self.tables(count).items())
        return f"{self.after(count).html}<p role='status'>{escape(said)}</p>{tables}"


def replay(plan: str = "") -> Replay:
    """The last exercise's story under `plan`, on the events of its counterexample.

    Without a plan, the counterexample itself. Raises `UsageError` where no exercise with
    schedules was run before, or for a plan that can't be read or names a step that never came.
    """
    if not _latest:
        raise UsageError("there is nothing to replay yet: run a cell that begins with %%exercise first.")
    last = _latest[0]
    wanted = Plan.parse(plan) if plan else last.plan
    story = tell(last.scenario, last.source, wanted, last.events, FILENAME.format(last.exercise))
    if missed := story.run.steps.missed:
        took = ", ".join(dict.fromkeys(f"{s.actor} {s.action} {s.number}" for s in story.run.steps.log))
        raise UsageError(f"{missed[0]} never struck: there is no such step. The steps are: {took}.")
    return Replay(last.exercise, story)


CELL = "style='border:1px solid currentColor;padding:.1em .6em;text-align:left;line-height:1.5'"
TABLE = "style='display:inline-table;margin:.2em 1.5em .2em 0;border-collapse:collapse;vertical-align:top'"


def _table(name: str, rows: list[Row]) -> str:
    caption = f"<caption style='text-align:left'>{escape(name)}</caption>"
    if not rows:
        return f"<table {TABLE}>{caption}<tbody><tr><td {CELL}>no rows</td></tr></tbody></table>"
    heads = "".join(f"<th scope='col' {CELL}>{escape(column)}</th>" for column in rows[0])
    cells = ("".join(f"<td {CELL}>{escape(str(value))}</td>" for value in row.values()) for row in rows)
    lines = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<table {TABLE}>{caption}<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
