"""Pages beside the lessons: the index and the glossary. Their texts are `lessons/index.py` and so on.

A line `{{ lessons }}` in a text's prose stands for a table that is made here, of what the
lessons say of themselves.
"""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

from tools.lessons import glossary
from tools.lessons.about import About
from tools.lessons.source import Cell, SourceError, read

PLACE = re.compile(r"^\{\{ (\w+) \}\}$", re.MULTILINE)


def cells_of(page: Path, lessons: list[About], root: Path) -> list[Cell]:
    """The cells of a page, its tables filled in."""
    makers = {
        "lessons": lambda: lesson_table(lessons, root),
        "paths": lambda: path_table(lessons, root),
        "before": lambda: glossary.frame(root)[0],
        "terms": lambda: glossary.table(root, lessons),
        "after": lambda: glossary.frame(root)[1],
    }

    def filled(found: re.Match) -> str:
        if found[1] not in makers:
            raise SourceError(f"lessons/{page.name}: {found[0]} is none of {', '.join(makers)}.")
        return makers[found[1]]()

    return [replace(cell, source=PLACE.sub(filled, cell.source)) for cell in read(page)]


def lesson_table(lessons: list[About], root: Path) -> str:
    """Each lesson with its time, what it needs, its exercises, and its page to print."""
    rows = ["| | Lesson | Time | You need | Exercises | To print |", "|---|---|---|---|---|---|"]
    for lesson in lessons:
        exercises = "<br>".join(f"{number} {name}" for number, name in lesson.exercises)
        sheet = (root / "lessons" / lesson.name / "cheatsheet.md").is_file()
        cells = [
            lesson.number,
            f"[{lesson.title}]({lesson.name}.ipynb)<br>{lesson.topic}"
            if lesson.is_written
            else f"{lesson.topic} (in writing)",
            f"{lesson.minutes}\N{NO-BREAK SPACE}min" if lesson.is_written else "",
            lesson.needs,
            f"[{exercises}](../exercises/{lesson.name}.ipynb)" if exercises else "",
            f"[one\N{NO-BREAK SPACE}page](../docs/cheatsheets/{lesson.name}.html)" if sheet else "",
        ]
        rows.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(rows)


def path_table(lessons: list[About], root: Path) -> str:
    """The paths of `lessons/paths.toml`, with the times that their lessons add up to."""
    paths = tomllib.loads((root / "lessons" / "paths.toml").read_text(encoding="utf-8"))
    rows = ["| If you have | Go through | Time | |", "|---|---|---|---|"]
    for path in paths["path"]:
        chosen = [lesson for lesson in lessons if lesson.number in path["lessons"] and lesson.is_written]
        names = ", ".join(f"[{lesson.number}]({lesson.name}.ipynb)" for lesson in chosen)
        rows.append(f"| **{path['name']}** | {names} | {_sum(chosen, paths)} | {path['why']} |")
    return "\n".join(rows)


def minutes_of(lessons: list[About], per_exercise: int) -> int:
    """How long these lessons take, with all their exercises."""
    return sum(lesson.minutes + per_exercise * len(lesson.exercises) for lesson in lessons)


def _sum(lessons: list[About], paths: dict) -> str:
    per_exercise = paths["minutes_per_exercise"]
    count = sum(len(lesson.exercises) for lesson in lessons)
    hours, minutes = divmod(minutes_of(lessons, per_exercise), 60)
    reading = sum(lesson.minutes for lesson in lessons)
    return (
        f"{reading} min of lessons, {count} exercises of about {per_exercise} min: {hours} h {minutes:02} min"
    )
