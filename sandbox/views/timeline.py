"""The timeline: the picture of a trace, in the grammar of the whole course.

Time runs to the right in turns, each actor has a row. A published record is a filled box,
a record that is handled or polled an empty one, joined to it by an arrow; a commit is a
flag, a crash a cross.
"""

from collections import Counter
from itertools import groupby

from sandbox.trace import Step, Trace
from sandbox.views import ink
from sandbox.views.figure import Figure

ROW = 78
BOX = 28
GAP = 22  # between two columns
NAME_MAX = 18
LABEL_MAX = 20
TOP = 20
SHOWN_MAX = 200  # steps: beyond it a picture is a wall


def timeline(trace: Trace, title: str = "Timeline", description: str = "") -> Figure:
    """The picture of `trace`; its text twin is the trace's own text."""
    happened = [step for step in trace.steps if step.actor]
    steps = happened[:SHOWN_MAX]
    said = " ".join(filter(None, [description or _conclusion(happened), trace.note, _shown(happened)]))
    if not steps:
        return Figure(title, said, "", repr(trace))
    acting = dict.fromkeys(step.actor for step in steps)  # who begins is on top
    rows = {name: TOP + ROW * i + ROW // 2 - 8 for i, name in enumerate(acting)}
    left = 34 + max(int(len(ink.shortened(name, NAME_MAX)) * 8) for name in rows)
    columns, width = _columns(steps, left)
    height = TOP + ROW * len(rows) + 26
    parts = [_row(name, y, left, width) for name, y in rows.items()]
    parts += _arrows(steps, columns, rows)
    parts += [_mark(step, columns[step.turn], rows[step.actor]) for step in steps]
    parts.append(ink.text(24, height - 14, _legend(steps), "small", "start"))
    width = max(width, 40 + int(len(_legend(steps)) * ink.SMALL))
    return Figure(title, said, ink.drawing(width, height, title, said, parts), repr(trace))


def _event_name(step: Step) -> str:
    """`OrderPlaced` of `OrderPlaced(order_id='A-1')`."""
    return ink.shortened(step.label.partition("(")[0], LABEL_MAX)


def _box_width(step: Step) -> int:
    return int(len(step.place) * ink.CHAR) + 18


def _columns(steps: list[Step], left: int) -> tuple[dict[int, int], int]:
    """The middle of each turn's column, and the width of the picture."""
    middles, x = {}, left + GAP
    for turn, together in groupby(steps, key=lambda step: step.turn):
        needed = 0
        for step in together:
            label = len(_event_name(step)) if step.action == "publish" else len(_words(step))
            body = _box_width(step) if step.action in ("publish", "handle", "poll") else 0
            needed = max(needed, body, int(label * ink.SMALL))
        middles[turn] = x + needed // 2
        x += needed + GAP
    return middles, x + 10


def _row(name: str, y: int, left: int, width: int) -> str:
    line = f'<path class="row" d="M{left} {y}H{width - 12}"/>'
    return line + ink.text(24, y + 4, ink.shortened(name, NAME_MAX), "name", "start")


def _arrows(steps: list[Step], columns: dict[int, int], rows: dict[str, int]) -> list[str]:
    """From each publication to everyone else who takes the record."""
    published = {step.place: step for step in steps if step.action == "publish"}
    found = []
    for step in steps:
        origin = published.get(step.place)
        if step.action not in ("handle", "poll") or origin is None or origin.actor == step.actor:
            continue
        down = 1 if rows[step.actor] > rows[origin.actor] else -1
        start = (columns[origin.turn] + _box_width(origin) // 2 - 8, rows[origin.actor] + down * BOX // 2)
        end = (columns[step.turn] - _box_width(step) // 2 + 10, rows[step.actor] - down * (BOX // 2 + 1))
        found.append(ink.arrow(start, end))
    return found


def _mark(step: Step, x: int, y: int) -> str:
    below = y + BOX // 2 + 14
    if step.action == "publish":
        return ink.box(x, y, _box_width(step), BOX, "published", step.place) + ink.text(
            x, below, _event_name(step), "small halo"
        )
    if step.action in ("handle", "poll"):
        return ink.box(x, y, _box_width(step), BOX, "taken", step.place) + ink.text(
            x, below, step.action, "small halo"
        )
    shapes = {"crash": ink.cross, "commit": ink.flag}
    return shapes.get(step.action, ink.diamond)(x, y) + ink.text(
        x, below, ink.shortened(_words(step), LABEL_MAX), "small halo"
    )


def _words(step: Step) -> str:
    """What stands beneath a mark that is no box: the fault itself, or what happened."""
    return step.label if step.action == "fault" else step.action


MEANING = {
    "publish": "filled box: published",
    "handle": "empty box: handled",
    "poll": "empty box: polled",
    "commit": "flag: committed",
    "crash": "cross: crashed",
}
ELSE = "diamond: as it says"


def _legend(steps: list[Step]) -> str:
    occurs = {step.action for step in steps}
    meanings = [meaning for action, meaning in MEANING.items() if action in occurs]
    return "  ·  ".join(meanings + [ELSE] * bool(occurs - set(MEANING)))


def _shown(steps: list[Step]) -> str:
    """What the picture leaves out; empty where it shows all."""
    if len(steps) <= SHOWN_MAX:
        return ""
    return f"The picture shows the first {SHOWN_MAX} of {len(steps):,} steps; the text has them."


def _conclusion(steps: list[Step]) -> str:
    """Who did what how often, in a sentence."""
    if not steps:
        return "Nothing has happened yet."
    counts = Counter((step.actor, step.action) for step in steps)
    past = {
        "publish": "published",
        "handle": "handled",
        "poll": "polled",
        "commit": "committed",
        "crash": "crashed",
        "fault": "was struck by a fault",
        "evicted": "was evicted",
    }
    said = []
    for actor in dict.fromkeys(step.actor for step in steps):
        did = [f"{past[action]} {counts[actor, action]}" for action in past if counts[actor, action]]
        said.append(f"{actor} {', '.join(did)}")
    return "; ".join(said) + "."
