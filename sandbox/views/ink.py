"""The few shapes and colours that all pictures are made of.

Colours are Okabe and Ito's, darkened or lightened until text has a contrast of 4.5 and
lines one of 3 against their ground, light and dark (a test measures them). No colour
carries a meaning alone: there is always a shape or a word as well.
"""

from html import escape

CHAR = 7.3  # width of a character of our text at 12 px, with room for wider fonts
SMALL = 6.4  # the same at 11 px

# name: (light, dark)
PALETTE = {
    "ground": ("#ffffff", "#111111"),
    "text": ("#24292f", "#e6e6e6"),
    "soft": ("#57606a", "#a8b0b8"),
    "line": ("#8a929b", "#7d858d"),
    "row": ("#d8dee4", "#3a4046"),
    "box": ("#e3f1fa", "#0d3048"),
    "edge": ("#0072b2", "#56b4e9"),
    "read": ("#ffffff", "#111111"),
    "done": ("#00795a", "#2fc79a"),
    "band": ("#f0f2f4", "#22272c"),
    "bad": ("#c2410c", "#ff8a4c"),
}

RULES = """\
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--text)}
.name{font:600 13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
.small{font:11px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--soft)}
.halo{paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}
.ground{fill:var(--ground)}
.row{stroke:var(--row);stroke-width:1}
.published{fill:var(--box);stroke:var(--edge);stroke-width:1.5}
.taken{fill:var(--read);stroke:var(--edge);stroke-width:1.5}
.service{fill:var(--read);stroke:var(--line);stroke-width:1.5}
.arrow{fill:none;stroke:var(--line);stroke-width:1.25}
.tip{fill:var(--line)}
.flag{fill:var(--done);stroke:var(--done);stroke-width:1.5;stroke-linejoin:round}
.written{fill:var(--read);stroke:var(--line);stroke-width:1.5}
.undone{fill:none;stroke:var(--bad);stroke-width:1.5;stroke-dasharray:4 3}
.struck{text-decoration:line-through;fill:var(--soft)}
.band{fill:var(--band)}
.graph{fill:none;stroke:var(--edge);stroke-width:2}
.other{stroke:var(--done)}
.fatal{fill:none;stroke:var(--bad);stroke-width:1.5;stroke-dasharray:2 4}
.bolt{fill:var(--bad);stroke:var(--bad);stroke-width:1;stroke-linejoin:round}
.cross{fill:none;stroke:var(--bad);stroke-width:3;stroke-linecap:round}
"""


def _variables(theme: int) -> str:
    return ";".join(f"--{name}:{colours[theme]}" for name, colours in PALETTE.items())


STYLE = (
    f"svg.sandbox{{{_variables(0)}}}"
    f"@media (prefers-color-scheme:dark){{svg.sandbox{{{_variables(1)}}}}}"
    + "".join(f"svg.sandbox {rule}" for rule in RULES.splitlines())
)


def drawing(width: int, height: int, title: str, description: str, parts: list[str]) -> str:
    """A whole SVG of `parts`, with its title and description."""
    return (
        f'<svg class="sandbox" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc><style>{STYLE}</style>"
        f'<rect class="ground" width="{width}" height="{height}" rx="6"/>' + "".join(parts) + "</svg>"
    )


def text(x: int, y: int, words: str, kind: str = "", anchor: str = "middle") -> str:
    """Words, centred on `x` or starting there."""
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def box(x: int, y: int, width: int, height: int, kind: str, words: str) -> str:
    """A rounded box with words in its middle; `x`, `y` is its centre."""
    corner = f'x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}"'
    return f'<rect class="{kind}" {corner} rx="7"/>' + text(x, y + 4, words)


def square(x: int, y: int, width: int, height: int, kind: str, words: str) -> str:
    """A box with sharp corners: a write, or a call to the outside. What is `undone` is struck through."""
    corner = f'x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}"'
    return f'<rect class="{kind}" {corner}/>' + text(x, y + 4, words, "struck" if kind == "undone" else "")


def faint(parts: list[str]) -> str:
    """What is still to come."""
    return f'<g opacity="0.18">{"".join(parts)}</g>' if parts else ""


def band(x: int, y: int, width: int, height: int) -> str:
    """A soft ground behind what belongs together."""
    return f'<rect class="band" x="{x}" y="{y}" width="{width}" height="{height}" rx="4"/>'


def line_down(x: int, top: int, bottom: int) -> str:
    """A dotted line through all rows: here it goes wrong."""
    return f'<path class="fatal" d="M{x} {top}V{bottom}"/>'


def bolt(x: int, y: int) -> str:
    """A bolt of lightning: a fault."""
    right, left = f"L{x - 6} {y + 2}H{x}L{x - 3} {y + 11}", f"L{x + 6} {y - 2}H{x}Z"
    return f'<path class="bolt" d="M{x + 3} {y - 11}{right}{left}"/>'


def arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """A line from one point to another, with a tip that points along it."""
    (x1, y1), (x2, y2) = start, end
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - 8 * ux, y2 - 8 * uy
    tip = [(x2, y2), (bx - 3.5 * uy, by + 3.5 * ux), (bx + 3.5 * uy, by - 3.5 * ux)]
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in tip)
    return f'<path class="arrow" d="M{x1} {y1}L{bx:.1f} {by:.1f}"/><polygon class="tip" points="{points}"/>'


def flag(x: int, y: int) -> str:
    """A small flag on a pole: a commit."""
    return f'<path class="flag" d="M{x - 5} {y + 11}V{y - 11}L{x + 8} {y - 5}L{x - 5} {y + 1}"/>'


def diamond(x: int, y: int) -> str:
    """Anything else that happened to somebody: a fault, an eviction, an end of a transaction."""
    return f'<path class="flag" d="M{x} {y - 8}l8 8l-8 8l-8 -8z"/>'


def cross(x: int, y: int) -> str:
    """A cross: a crash."""
    return f'<path class="cross" d="M{x - 8} {y - 8}L{x + 8} {y + 8}M{x + 8} {y - 8}L{x - 8} {y + 8}"/>'


def shortened(words: str, length: int) -> str:
    """At most `length` characters; what is cut is shown as an ellipsis."""
    return words if len(words) <= length else words[: length - 1] + "…"
