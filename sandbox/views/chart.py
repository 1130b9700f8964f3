"""Charts of what was measured: bars and lines, with a table as their text.

A plotting library's SVG is ten times the size that a notebook may carry, knows one ground,
light or dark, and has no text for a screen reader; and two kinds of chart are all we need.
"""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

from sandbox.errors import UsageError
from sandbox.views import ink
from sandbox.views.figure import Figure

Number = int | float
BAR, LONGEST, LEFT = 26, 360, 24
WIDE, HIGH, TOP = 420, 200, 50
STEPS_MOST = 5  # on a scale that is not logarithmic
DASHES = ("none", "6 4", "2 3", "10 3 2 3")


def bars(values: Mapping[str, Number], title: str, unit: str = "", description: str = "") -> Figure:
    """One bar for each name, on a scale that begins at 0: `bars({"calls": 12}, "What it costs")`."""
    if not values or min(values.values()) < 0:
        raise UsageError(f"a bar has a length of 0 or more, and a chart one bar or more, not {values!r}.")
    most = max(values.values()) or 1
    start = LEFT + int(max(map(len, values)) * ink.CHAR) + 10
    parts = [_heading(title)]
    for number, (name, value) in enumerate(values.items()):
        y, long = TOP + number * (BAR + 10), int(value / most * LONGEST)
        parts.append(ink.text(LEFT, y + 17, name, "", "start"))
        place = f'x="{start}" y="{y}" width="{max(long, 1)}" height="{BAR}"'
        parts.append(f'<rect class="published" {place} rx="3"/>')
        parts.append(ink.text(start + long + 8, y + 17, _said(value, unit), "", "start"))
    width = start + LONGEST + 30 + int(max(len(_said(v, unit)) for v in values.values()) * ink.CHAR)
    width = max(width, _heading_width(title))
    rows = [(name, _said(value, unit)) for name, value in values.items()]
    said = description or "; ".join(f"{name} {value}" for name, value in rows) + "."
    height = TOP + len(values) * (BAR + 10) + 10
    return Figure(title, said, ink.drawing(width, height, title, said, parts), _table(title, rows))


def lines(
    series: Mapping[str, Sequence[Number]],
    x: Sequence[Number | str],
    title: str,
    x_name: str,
    unit: str = "",
    description: str = "",
    log: bool = False,
) -> Figure:
    """One line for each name, over the places `x`, which stand side by side whatever their distance.

    `log`: each step upwards is ten times the one before; then no value may be 0.
    """
    wrong = [name for name, values in series.items() if len(values) != len(x)]
    if not series or not x or wrong:
        raise UsageError(f"each line needs {len(x)} values, one for each of {list(x)!r}; wrong: {wrong}.")
    every = [value for values in series.values() for value in values]
    if min(every) < 0 or (log and min(every) == 0):
        raise UsageError(f"a line can't go down to {min(every)!r} on this scale.")
    scale = _decades(min(every), max(every)) if log else _round_steps(max(every) or 1)
    low, high = scale[0], scale[-1]
    left = LEFT + int(max(len(_said(step, unit)) for step in scale) * ink.SMALL) + 12
    xs = [left + 20 + int(i * (WIDE - 40) / max(len(x) - 1, 1)) for i in range(len(x))]

    def height(value: Number) -> int:
        share = (log10(value / low) / (log10(high / low) or 1)) if log else value / high
        return TOP + HIGH - int(share * HIGH)

    parts = [_heading(title)]
    parts += [f'<path class="row" d="M{left} {height(v)}H{left + WIDE}"/>' for v in scale]
    parts += [ink.text(left - 8, height(v) + 4, _said(v, unit), "small", "end") for v in scale]
    places = [f"{name:,}" if isinstance(name, int) else f"{name}" for name in x]
    parts += [ink.text(at, TOP + HIGH + 18, name, "small") for at, name in zip(xs, places, strict=True)]
    parts.append(ink.text(left + WIDE // 2, TOP + HIGH + 38, x_name, "small"))
    ends = _apart([height(values[-1]) for values in series.values()])
    for number, (name, values) in enumerate(series.items()):
        points = [(at, height(value)) for at, value in zip(xs, values, strict=True)]
        parts += [_path(points, number), *(_dot(point) for point in points)]
        parts.append(ink.text(left + WIDE + 8, ends[number] + 4, name, "", "start"))
    width = max(left + WIDE + 30 + int(max(map(len, series)) * ink.CHAR), _heading_width(title))
    rows = [(name, *(_said(value, unit) for value in values)) for name, values in series.items()]
    table = _table(title, [(x_name, *map(str, x)), *rows])
    said = description or f"{', '.join(series)} over {x_name}."
    return Figure(title, said, ink.drawing(width, TOP + HIGH + 52, title, said, parts), table)


def _said(value: Number, unit: str) -> str:
    number = f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.2g}"
    return f"{number} {unit}".strip()


def _heading(title: str) -> str:
    return ink.text(LEFT, 28, title, "name", "start")


def _heading_width(title: str) -> int:
    return 2 * LEFT + int(len(title) * ink.CHAR)


def _decades(least: Number, most: Number) -> list[Number]:
    """From the power of ten below the least value to the one above the most."""
    first, last = floor(log10(least)), ceil(log10(most))
    return [10**power for power in range(first, max(last, first + 1) + 1)]


def _round_steps(most: Number) -> list[Number]:
    """From 0 to `most` or a little more, in steps of 1, 2 or 5 times a power of ten."""
    power = 10 ** floor(log10(most / STEPS_MOST))
    step = next(power * n for n in (1, 2, 5, 10) if power * n * STEPS_MOST >= most)
    return [step * n for n in range(ceil(most / step) + 1)]


def _apart(heights: list[int]) -> list[int]:
    """Where the names at the lines' ends stand, so that none covers another."""
    placed = dict(enumerate(heights))
    before = None
    for number in sorted(placed, key=placed.get):
        if before is not None:
            placed[number] = max(placed[number], before + 16)
        before = placed[number]
    return [placed[number] for number in range(len(heights))]


def _path(points: list[tuple[int, int]], number: int) -> str:
    """The `number`-th line of a chart: each has its own dashes, and every second one another colour."""
    way = "L".join(f"{x} {y}" for x, y in points)
    kind = "graph other" if number % 2 else "graph"
    return f'<path class="{kind}" d="M{way}" stroke-dasharray="{DASHES[number % len(DASHES)]}"/>'


def _dot(point: tuple[int, int]) -> str:
    return f'<circle class="published" cx="{point[0]}" cy="{point[1]}" r="3.5"/>'


def _table(title: str, rows: list[tuple[str, ...]]) -> str:
    """Columns of one width each, the first to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    said = [title]
    for first, *rest in rows:
        numbers = [cell.rjust(wide) for cell, wide in zip(rest, widths[1:], strict=True)]
        said.append("  ".join([first.ljust(widths[0]), *numbers]))
    return "\n".join(said)
