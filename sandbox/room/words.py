"""The board as plain text: for a terminal, for a screen reader, for a log."""

from datetime import datetime
from unicodedata import east_asian_width

from sandbox.room.board import Board, Line, Square
from sandbox.views.ink import shortened

SIGNS = {"PASS": "✓", "FAIL": "✕", "UNKNOWN": "?"}
WIDE = 26  # of a pseudonym's column
COLUMNS_MAX = 12  # exercises in a terminal's table: those that came last
BELIEFS_MAX = 8


def text(board: Board, *, for_class: bool = False, status: str = "") -> str:
    """The whole board. `for_class`: nobody's row, and nothing behind which few stand."""
    parts = [headline(board) + (f"  [{status}]" if status else "")]
    if not for_class:
        parts += ["", *_grid(board)]
        stuck = [f"  {_wide(line.learner)} {line.here}  {line.why}" for line in board.stuck]
        parts += ["", f"Stuck: {len(stuck)}", *stuck]
    parts += ["", "Passed, of those who tried"]
    parts += [f"  {exercise:<8} {bar(share)} {said}" for exercise, share, said in rates(board, for_class)]
    beliefs = board.shown_beliefs() if for_class else board.beliefs()
    parts += [
        "",
        "Misconceptions alive now",
        *(f"  {n:>3} × {e}  {belief}" for e, belief, n in beliefs[:BELIEFS_MAX]),
    ]
    if len(beliefs) > BELIEFS_MAX:
        parts.append(f"  and {len(beliefs) - BELIEFS_MAX} more")
    parts += ["", board.rules.few if for_class else board.rules.stuck]
    return "\n".join(parts)


def rates(board: Board, for_class: bool) -> list[tuple[str, int, str]]:
    """Exercise, per cent, and the pass rate in words."""
    if for_class:
        return board.shown_rates()
    return [(e, 100 * passed // of, f"{passed} of {of}") for e, (passed, of) in board.pass_rates().items()]


def headline(board: Board) -> str:
    """How many are here, and when that was."""
    here, stuck = len(board.lines), len(board.stuck)
    return f"The room at {clock(board.now)}: {here} learner{'' if here == 1 else 's'}, {stuck} stuck"


def clock(moment: datetime) -> str:
    """The time, in this machine's zone."""
    return moment.astimezone().strftime("%H:%M:%S")


def bar(percent: int, wide: int = 20) -> str:
    """A bar of `wide` characters."""
    full = wide * percent // 100
    return "█" * full + "░" * (wide - full)


def said(square: Square | None) -> str:
    """A square in words."""
    if square is None:
        return "not tried"
    count = f"{square.tries} tr{'y' if square.tries == 1 else 'ies'}"
    if square.result == "PASS":
        return f"passed, {count}"
    now = "failing" if square.result == "FAIL" else "no verdict yet"
    return f"{'passed before, now ' if square.passed else ''}{now}, {count}"


def state(line: Line) -> str:
    """Where a learner is, and how it goes, in words."""
    return {
        "new": "no verdict yet",
        "working": f"at {line.here}",
        "stuck": f"stuck at {line.here}: {line.why}",
    }.get(line.state, f"silent since {clock(line.last)}" if line.last else "")


def _grid(board: Board) -> list[str]:
    shown = board.exercises[-COLUMNS_MAX:]
    rows = [f"{'':<{WIDE}} " + "".join(f"{exercise:<8}" for exercise in shown)]
    for line in board.lines:
        squares = "".join(f"{_mark(line, exercise):<8}" for exercise in shown)
        state = "" if line.state == "working" else line.state
        rows.append(f"{_wide(shortened(line.learner, WIDE))} {squares}{state}")
    if len(shown) < len(board.exercises):
        rows.append(f"{len(board.exercises) - len(shown)} earlier exercises are not shown here")
    return [row.rstrip() for row in rows]


def _wide(name: str) -> str:
    """The name, filled up to the column's width; some scripts take two places a letter."""
    return name + " " * (WIDE - sum(1 + (east_asian_width(letter) in "WF") for letter in name))


def _mark(line: Line, exercise: str) -> str:
    square = line.squares.get(exercise)
    if square is None:
        return "·"
    sign = SIGNS[square.result] + ("" if square.result == "PASS" else f"{square.failing}")
    return f"[{sign}]" if line.here == exercise else sign
