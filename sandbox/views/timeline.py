"""The timeline: the picture of a trace, in the grammar of the whole course.

Time runs to the right in turns, each actor has a row. A published record is a filled box,
a record that is handled or polled an empty one, joined to it by an arrow; a write is a
square box, and a band holds those of one transaction; a commit is a flag, a crash a cross.
"""

from collections import Counter
from itertools import groupby

from sandbox.trace import Step, Trace
from sandbox.views import ink
from sandbox.views.figure import Figure
from sandbox.views.marks import BOX, Mark, mark_of

ROW = 78
GAP = 22  # between two columns
NAME_MAX = 18
TOP = 20
SHOWN_MAX = 200  # steps: beyond it a picture is a wall
STRUCK = ("crash", "fault")
BAND = "grey: one transaction"
FATAL = "dotted line: after this, nothing helps"


def timeline(
    trace: Trace, title: str = "Timeline", description: str = "", fatal: bool = False, upto: int | None = None
) -> Figure:
    """The picture of `trace`; its text twin is the trace's own text.

    `fatal` marks the step after which the story can't end well: the last fault, or where
    none struck, the last step. What comes after the first `upto` steps is drawn faintly.
    """
    happened = [step for step in trace.steps if step.actor]
    said = " ".join(filter(None, [description or _conclusion(happened), trace.note, _shown(happened)]))
    text = _text(trace, happened) if fatal and happened else repr(trace)
    steps = [step for step in happened[:SHOWN_MAX] if not _opens(step)]
    if not steps:
        return Figure(title, said, "", text)
    last = fatal_step(steps) if fatal else None
    acting = dict.fromkeys(step.actor for step in steps)  # who begins is on top
    rows = {name: TOP + ROW * i + ROW // 2 - 8 for i, name in enumerate(acting)}
    left = 34 + max(int(len(ink.shortened(name, NAME_MAX)) * 8) for name in rows)
    transactions = _transactions(happened[:SHOWN_MAX])
    undone = {id(step) for inside, kept in transactions if not kept for step in inside}
    marks = {id(step): mark_of(step, id(step) in undone) for step in steps}
    columns, width = _columns(steps, marks, left)
    meanings = [marks[id(step)].meaning for step in steps]
    meanings += [BAND] * bool(transactions) + [FATAL] * fatal
    legend = "  ·  ".join(dict.fromkeys(meanings))
    height = TOP + ROW * len(rows) + 26
    parts = [_row(name, y, left, width) for name, y in rows.items()]
    parts += [_band(inside, columns, marks, rows) for inside, _ in transactions]
    if last is not None:
        parts.append(ink.line_down(columns[last.turn], TOP - 4, height - 34))
    now = len(steps) if upto is None else sum(not _opens(step) for step in happened[:upto])
    parts += _arrows(steps[:now], columns, marks, rows)
    drawn = [marks[id(step)].draw(columns[step.turn], rows[step.actor]) for step in steps]
    parts += [*drawn[:now], ink.faint(drawn[now:])]
    parts.append(ink.text(24, height - 14, legend, "small", "start"))
    width = max(width, 40 + int(len(legend) * ink.SMALL))
    return Figure(title, said, ink.drawing(width, height, title, said, parts), text)


def drawn_steps(trace: Trace) -> list[Step]:
    """The steps of `trace` that have a mark of their own in its picture."""
    return [step for step in trace.steps if step.actor and not _opens(step)]


def fatal_step(steps: list[Step]) -> Step:
    """The last fault of a story that ends badly, or where none struck, its last step that is drawn."""
    struck = [step for step in steps if step.action in STRUCK]
    drawn = [step for step in steps if not _opens(step)]
    return (struck or drawn or steps)[-1]


def _text(trace: Trace, steps: list[Step]) -> str:
    """The trace as text, its fatal step marked."""
    last = fatal_step(steps[:SHOWN_MAX])
    lines = [_marked(str(step)) if step is last else str(step) for step in steps]
    return "\n".join(filter(None, [trace.note, *lines]))


def _marked(text: str) -> str:
    """A step's text, with a sign behind its first line."""
    first, end, rest = text.partition("\n")
    return f"{first}   <-- after this, nothing helps{end}{rest}"


def _opens(step: Step) -> bool:
    """Does it open a transaction on a database? A band shows that, and no mark."""
    return step.action == "begin" and bool(step.label)


def _transactions(steps: list[Step]) -> list[tuple[list[Step], bool]]:
    """What each actor did from the beginning of a transaction to its end, and was it committed?"""
    opened: dict[str, list[Step]] = {}
    found = []
    for step in steps:
        if _opens(step):
            opened[step.actor] = []
        elif step.actor in opened:
            opened[step.actor].append(step)
            if step.action in ("transaction", "crash"):
                found.append((opened.pop(step.actor), step.label == "committed"))
    found += [(inside, False) for inside in opened.values()]
    return [(inside, kept) for inside, kept in found if inside]


def _columns(steps: list[Step], marks: dict[int, Mark], left: int) -> tuple[dict[int, int], int]:
    """The middle of each turn's column, and the width of the picture."""
    middles, x = {}, left + GAP
    for turn, together in groupby(steps, key=lambda step: step.turn):
        needed = max(marks[id(step)].width for step in together)
        middles[turn] = x + needed // 2
        x += needed + GAP
    return middles, x + 10


def _row(name: str, y: int, left: int, width: int) -> str:
    line = f'<path class="row" d="M{left} {y}H{width - 12}"/>'
    return line + ink.text(24, y + 4, ink.shortened(name, NAME_MAX), "name", "start")


def _band(steps: list[Step], columns: dict[int, int], marks: dict[int, Mark], rows: dict[str, int]) -> str:
    """What stands behind one transaction, up to the middle of the mark that ends it."""
    first, last = steps[0], steps[-1]
    left = columns[first.turn] - marks[id(first)].width // 2 - 8
    return ink.band(left, rows[first.actor] - BOX // 2 - 7, columns[last.turn] - left, BOX + 28)


def _arrows(
    steps: list[Step], columns: dict[int, int], marks: dict[int, Mark], rows: dict[str, int]
) -> list[str]:
    """From each publication to everyone else who takes the record."""
    published = {step.place: step for step in steps if step.action == "publish"}
    found = []
    for step in steps:
        origin = published.get(step.place)
        if step.action not in ("handle", "poll") or origin is None or origin.actor == step.actor:
            continue
        down = 1 if rows[step.actor] > rows[origin.actor] else -1
        box = int(len(step.place) * ink.CHAR) // 2
        start = (columns[origin.turn] + box + 1, rows[origin.actor] + down * BOX // 2)
        end = (columns[step.turn] - box + 1, rows[step.actor] - down * (BOX // 2 + 1))
        found.append(ink.arrow(start, end))
    return found


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
        if did:
            said.append(f"{actor} {', '.join(did)}")
    return "; ".join(said) + "."
