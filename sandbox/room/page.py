"""The board as HTML: a fragment for the widget, a page of its own for a projector. Nothing in it runs.

Every square says itself in words as well as by its sign and its colour. What came over the
bus is escaped: everybody in the room can write there.
"""

from html import escape
from pathlib import Path

from sandbox.room import words
from sandbox.room.board import Board, Line
from sandbox.views.ink import PALETTE

COLOURS = ";".join(f"--{name}:light-dark({light},{dark})" for name, (light, dark) in PALETTE.items())
STYLE = f".sandbox-room{{{COLOURS}}}\n" + Path(__file__).with_name("room.css").read_text(encoding="utf-8")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="{every}">
<title>{title}</title>
<style>html{{color-scheme:light dark}}body{{margin:0;background:light-dark(#fff,#111)}}
{style}</style></head>
<body><main>{body}</main></body></html>
"""


def page(board: Board, *, for_class: bool = False, status: str = "", every: int = 5) -> str:
    """A whole page that loads itself again every so many seconds."""
    body = fragment(board, for_class=for_class, status=status)
    return PAGE.format(every=every, title=escape(words.headline(board)), style=STYLE, body=body)


def fragment(board: Board, *, for_class: bool = False, status: str = "") -> str:
    """The board, without its style sheet."""
    away = f"<p class='away' role='status'>{escape(status)}</p>" if status else ""
    if for_class:
        body = _rates(words.rates(board, for_class)) + _beliefs(
            board.shown_beliefs(), "None that enough share."
        )
        count = len(board.lines)
        title, note = f"The room: {count} learners" if count >= board.rules.k else "The room", board.rules.few
        body = f"<div class='columns'>{body}</div>"
    else:
        body = f"<div class='columns'>{_stuck(board)}{_beliefs(board.beliefs(), 'None.')}</div>{_grid(board)}"
        title, note = words.headline(board), board.rules.stuck
    kind = "sandbox-room class" if for_class else "sandbox-room"
    return (
        f"<section class='{kind}' aria-label='The room'><h2>{escape(title)}</h2>{away}{body}"
        f"<p class='soft'>{escape(note)}</p></section>"
    )


def _stuck(board: Board) -> str:
    rows = "".join(
        f"<li><strong>{escape(line.learner)}</strong> at {escape(line.here)}: {escape(line.why)}"
        f"<br><span class='soft'>{escape(_what(line))}</span></li>"
        for line in board.stuck
    )
    return _part("Stuck", f"<ol class='stuck'>{rows}</ol>" if rows else "<p>Nobody.</p>")


def _what(line: Line) -> str:
    square = line.squares[line.here]
    return square.misconception or (square.invariant and f"Not yet: {square.invariant}") or "No verdict yet."


def _beliefs(beliefs: list[tuple[str, str, int]], none: str) -> str:
    rows = "".join(
        f"<li><span class='count'>{count} ×</span>{escape(belief)} "
        f"<span class='soft'>{escape(exercise)}</span></li>"
        for exercise, belief, count in beliefs
    )
    return _part("Misconceptions alive now", f"<ul>{rows}</ul>" if rows else f"<p>{none}</p>")


def _rates(rates: list[tuple[str, int, str]]) -> str:
    rows = "".join(
        f"<li class='rate'><span>{escape(exercise)}</span><span class='rail' aria-hidden='true'>"
        f"<span class='fill' style='display:block;width:{percent}%'></span></span><span>{said}</span></li>"
        for exercise, percent, said in rates
    )
    return _part(
        "Passed, of those who tried", f"<ul>{rows}</ul>" if rows else "<p>None that enough have tried.</p>"
    )


def _grid(board: Board) -> str:
    if not board.lines:
        return _part("Who is where", "<p>Nobody has joined yet.</p>")
    heads = "".join(f"<th scope='col'>{escape(exercise)}</th>" for exercise in board.exercises)
    lines = "".join(_row(line, board.exercises) for line in board.lines)
    rates = "".join(f"<td>{passed} of {of}</td>" for passed, of in board.pass_rates().values())
    legend = (
        "<p class='soft'>✓ passed; ✕3 failing, the third try in a row; ? no verdict; · not tried. "
        "A frame: the exercise of the last verdict.</p>"
    )
    table = (
        "<div class='scroll' tabindex='0' role='region' aria-label='Learners and exercises'>"
        "<table><thead><tr>"
        f"<th scope='col' style='text-align:start'>Learner</th>{heads}<th scope='col'></th></tr></thead>"
        f"<tbody>{lines}</tbody>"
        f"<tfoot><tr><th scope='row'>Passed</th>{rates}<td></td></tr></tfoot></table></div>"
    )
    return _part("Who is where", table + legend)


def _row(line: Line, exercises: list[str]) -> str:
    squares = ""
    for exercise in exercises:
        square = line.squares.get(exercise)
        kind = f"{square.result}{' here' if exercise == line.here else ''}" if square else "none"
        sign = words.SIGNS[square.result] + (f"{square.failing}" if square.failing else "") if square else "·"
        spoken = words.said(square) + (", here now" if square and exercise == line.here else "")
        squares += (
            f"<td><span class='mark {kind}' aria-hidden='true' title='{spoken}'>{sign}</span>"
            f"<span class='hidden'>{spoken}</span></td>"
        )
    state = {"working": "", "new": "no verdict yet"}.get(line.state, line.state)
    kind = " is-stuck" if line.state == "stuck" else " soft"
    return (
        f"<tr><th scope='row'>{escape(line.learner)}</th>{squares}<td class='state{kind}'>{state}</td></tr>"
    )


def _part(title: str, body: str) -> str:
    return f"<section><h3>{title}</h3>{body}</section>"
