"""The verdict on a submission: PASS, FAIL or UNKNOWN, with what was tried and what it showed."""

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from sandbox.grading.grader import Grader

SIGN = {"PASS": "✓", "FAIL": "✕", "UNKNOWN": "?"}


@dataclass
class Verdict:
    """What a learner is told. Shows itself as a card in a notebook, as text elsewhere."""

    grader: Grader
    result: Literal["PASS", "FAIL", "UNKNOWN"]
    invariant: str = ""
    story: str = ""
    misconception: str = ""
    survived: int = 0
    calls: int = 0
    seconds: float = 0.0

    @property
    def headline(self) -> str:
        """The result, the exercise and its title, in one line."""
        return f"{SIGN[self.result]} {self.result}  {self.grader.exercise} {self.grader.title}"

    @property
    def space(self) -> str:
        """What was tried: `survived 5 of 7 attacks (213 calls of your code)`."""
        calls = f"{self.calls} call{'' if self.calls == 1 else 's'} of your code"
        return f"survived {self.survived} of {len(self.grader.attacks)} attacks ({calls})"

    def sentences(self) -> list[str]:
        """The facts below the headline, one a line."""
        if self.result == "PASS":
            return [f"Your code {self.space}."]
        if self.result == "UNKNOWN":
            return [self.story, "Nothing could be tested yet."]
        lines = [f"Broken: {self.invariant}.", self.story, f"It {self.space}."]
        if self.misconception:
            lines.append(f"Often behind it: {self.misconception}")
        return lines

    def text(self, hints: int = 1) -> str:
        """Everything as text, with the first `hints` hints."""
        lines = [self.headline, *("  " + line for line in self.sentences())]
        if self.result != "PASS":
            all_hints = self.grader.hints
            lines += [f"  Hint {n + 1} of {len(all_hints)}: {h}" for n, h in enumerate(all_hints[:hints])]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self._html()}

    def _html(self) -> str:
        body = "".join(f"<p>{escape(line)}</p>" for line in self.sentences())
        if self.result == "PASS":
            body += "".join(_solution(path) for path in self.grader.other_solutions()[:2])
        else:
            body += _ladder(self.grader.hints)
        return (
            f"<section class='sandbox-verdict' aria-label='Verdict: {self.result}' "
            f"style='border-inline-start:6px solid {COLOUR[self.result]};padding:.3em 1em;"
            "font-family:var(--jp-content-font-family,sans-serif);max-width:46em'>"
            f"<p role='status'><strong>{escape(self.headline)}</strong></p>{body}</section>"
        )


COLOUR = {"PASS": "#009e73", "FAIL": "#d55e00", "UNKNOWN": "#808080"}


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
