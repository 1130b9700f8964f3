"""A verdict as a card beneath the cell: the story, its picture, the hints folded into each other."""

from html import escape
from pathlib import Path

from sandbox.grading.verdict import Verdict

COLOUR = {"PASS": "#009e73", "FAIL": "#d55e00", "UNKNOWN": "#808080"}


def card(verdict: Verdict) -> str:
    """The verdict as HTML; nothing in it runs, so it works wherever a notebook is shown."""
    body = "".join(
        f"<p><strong>{escape(line)}</strong></p>" if line == verdict.story else f"<p>{escape(line)}</p>"
        for line in verdict.sentences()
    )
    body += "".join(figure.html for figure in verdict.figures())
    if verdict.replay:
        body += f"<p>Again, step by step, in a cell of its own: <code>{escape(verdict.replay)}</code></p>"
    if verdict.result == "FAIL" and not verdict.grader.wants_schedules:
        body += f"<p>It {escape(verdict.space)}.</p>"
    if verdict.result == "PASS":
        body += "".join(_solution(path) for path in verdict.grader.other_solutions()[:2])
    else:
        body += _ladder(verdict.grader.hints)
    return (
        f"<section class='sandbox-verdict' aria-label='Verdict: {verdict.result}' "
        f"style='border-inline-start:6px solid {COLOUR[verdict.result]};padding:.3em 1em;"
        "font-family:var(--jp-content-font-family,sans-serif)'>"
        f"<p role='status'><strong>{escape(verdict.headline)}</strong></p>{body}</section>"
    )


def _ladder(hints: tuple[str, ...]) -> str:
    """Hints folded into each other: the next one is found inside the last."""
    inner = ""
    for number in range(len(hints), 0, -1):
        inner = (
            f"<details><summary>Hint {number} of {len(hints)}</summary>"
            f"<p>{escape(hints[number - 1])}</p>{inner}</details>"
        )
    return inner


def _solution(path: Path) -> str:
    source = path.read_text(encoding="utf-8")
    title = source.splitlines()[0].lstrip("# ")
    return f"<details><summary>Another way: {escape(title)}</summary><pre>{escape(source)}</pre></details>"
