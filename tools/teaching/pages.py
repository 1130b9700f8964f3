"""One lesson's page for the teacher."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.grading import Verdict
from sandbox.grading.audit import BREAKS
from sandbox.grading.cells import source_for
from sandbox.grading.grader import Grader, graders_of
from sandbox.views import Figure
from tools.lessons.about import about
from tools.teaching.steady import steady

Grade = Callable[[str, str], Verdict]
BELIEF = re.compile(r"^(?P<belief>.+?) \((?P<truth>.+)\)$", re.DOTALL)
PAGE = """\
<!-- Made by: python -m tools.teaching. Change the lesson's questions, graders or wrong solutions instead. -->
# {number} · {title}: for the teacher

{minutes} minutes to read and run; exercises: {exercises}, of about ten minutes each.
[The lesson](../../notebooks/{name}.ipynb) · [the exercises](../../exercises/{name}.ipynb) ·
[the solutions](../../solutions/{name}.ipynb) · [one page to print](../cheatsheets/{name}.html) ·
[all lessons](../teaching.md)
{parts}"""


def made_from(root: Path, lesson: Path, grade: Grade) -> dict[Path, str]:
    """The lesson's page and its pictures, by their paths."""
    folder = root / "docs" / "teaching"
    parts, files = [_questions(lesson)], {}
    for grader in sorted(graders_of(lesson).values(), key=lambda grader: grader.exercise):
        text, figure = _exercise(root, lesson, grader, grade)
        parts.append(text)
        if figure:
            files[folder / "pictures" / f"{grader.number}.svg"] = figure.svg + "\n"
    head = about(lesson)
    page = PAGE.format(
        number=head.number,
        title=head.title,
        name=lesson.name,
        minutes=head.minutes,
        exercises=len(head.exercises),
        parts="\n".join(parts),
    )
    return {folder / f"{lesson.name}.md": page} | files


def _questions(lesson: Path) -> str:
    """The predict questions: each answer, and what to say to it."""
    told = tomllib.loads((lesson / "questions.toml").read_text(encoding="utf-8"))
    lines = ["## What they will predict", ""] if told else []
    for question in told.values():
        lines += [f"**{question['question']}**", ""]
        for option in question["options"]:
            right = "✓ " if option.get("right") else ""
            number = option.get("misconception")
            belief = f" ([belief {number}](../misconceptions.md))" if number else ""
            lines.append(f"- {right}*{option['text']}*{belief} {option['feedback']}")
        lines.append("")
    return "\n".join(["", *lines]).rstrip() + "\n" if lines else ""


def _exercise(root: Path, lesson: Path, grader: Grader, grade: Grade) -> tuple[str, Figure | None]:
    exercise = grader.exercise
    solution = source_for(exercise, root / "solutions" / f"{lesson.name}.ipynb")
    wrong = [(path, failing(grader, path, grade)) for path in _kept(grader, "wrong")]
    figure = _figure(grader, wrong, grade(exercise, solution))
    lines = [
        f"## {exercise} {grader.title}",
        "",
        f"**The idea of the answer.** {_text(grader.hints[-1])}",
        "",
    ]
    lines += ["<details><summary>One answer</summary>", "", "```python", solution.strip(), "```", ""]
    lines += ["</details>", ""]
    others = [f"“{_about(path)}”" for path in _kept(grader, "right")]
    lines += [f"Also right, and to be praised: {', '.join(others)}.", ""] if others else []
    if figure:
        lines += [f"![{_alt(figure)}](pictures/{grader.number}.svg)", ""]
    asked = [f"{number}. {_text(hint)}" for number, hint in enumerate(grader.hints[:-1], 1)]
    lines += ["To ask, one after the other, before anything is told:", "", *asked, ""]
    lines += ["| They write | They see | Behind it, and what to say |", "|---|---|---|"]
    lines += [_row(path, verdict) for path, verdict in sorted(wrong, key=lambda each: each[1].invariant)]
    return "\n".join([*lines, ""]), figure


def failing(grader: Grader, path: Path, grade: Grade) -> Verdict:
    """The verdict on a wrong solution. Raises `ValueError` where it is not the one that it deserves."""
    source = path.read_text(encoding="utf-8")
    verdict, deserves = grade(grader.exercise, source), source.partition("\n")[0].removeprefix(BREAKS)
    if (verdict.result, verdict.invariant) != ("FAIL", deserves):
        raise ValueError(
            f"{path.name} deserves FAIL by {deserves}, and gets {verdict.result} {verdict.invariant}: "
            f"{verdict.story} Was the machine too busy? Then try again."
        )
    return verdict


def _kept(grader: Grader, kind: str) -> list[Path]:
    return sorted(grader.folder.glob(f"{kind}/{grader.number}_*.py"))


def _figure(grader: Grader, wrong: list[tuple[Path, Verdict]], solved: Verdict) -> Figure | None:
    """The smallest story of how it mostly fails; where the learner attacks, the story of an answer."""
    if grader.wants_schedules:
        return solved.figures()[0]
    found = [verdict for _, verdict in wrong if verdict.counterexample]
    if not found:
        return None
    ways = Counter(verdict.invariant for verdict in found)
    mostly = [verdict for verdict in found if verdict.invariant == ways.most_common(1)[0][0]]
    return min(mostly, key=lambda verdict: len(verdict.counterexample.trace.steps)).figures()[0]


def _row(path: Path, verdict: Verdict) -> str:
    belief = BELIEF.match(verdict.misconception)
    if belief:
        say = f"“{belief['belief']}” {belief['truth']}"
    else:
        say = f"“{verdict.misconception}” Ask 1." if verdict.misconception else "Ask 1."
    sees = f"**{verdict.invariant}**: {steady(verdict.invariant, verdict.story)}"
    return f"| {_cell(_about(path))} | {_cell(sees)} | {_cell(say)} |"


def _about(path: Path) -> str:
    """What a kept solution says of itself, in a line; what it is called, where it says nothing."""
    source = path.read_text(encoding="utf-8")
    for said in _sayings(source):
        return said.rstrip(".")
    return path.stem[5:].replace("_", " ")


def _sayings(source: str) -> Iterator[str]:
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith(BREAKS):
            yield line.lstrip("# ")
    if docstring := ast.get_docstring(ast.parse(source)):
        yield docstring.splitlines()[0]


def _cell(text: str) -> str:
    """The text as a cell of a table, in one line."""
    return _text(text).replace("|", r"\|")


def _text(text: str) -> str:
    """The text with nothing in it that would be taken for markup, in one line."""
    text = " ".join(text.split()).replace("\\", "\\\\")
    return re.sub(r"([<>*_\[\]`])", r"\\\1", text).replace(r"\*\*", "**")


def _alt(figure: Figure) -> str:
    return re.sub(r"[\[\]\n]", " ", figure.description).strip()
