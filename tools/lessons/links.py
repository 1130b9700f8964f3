"""The way from lesson to lesson: cells with the links to the one before, the next, and the index."""

from tools.lessons.about import About
from tools.lessons.source import Cell


def top(lesson: About, written: list[About], *, index: bool) -> list[Cell]:
    """The line above a lesson's title."""
    return _cell(_ways(lesson, written, "", index))


def end(lesson: About, written: list[About], *, index: bool, sheet: bool) -> list[Cell]:
    """The lines below a lesson: its exercises, its page to print, and where to go."""
    here = []
    if lesson.exercises:
        here.append(f"[Exercises of this lesson](../exercises/{lesson.name}.ipynb)")
    if sheet:
        here.append(f"[Cheat sheet, one page to print](../docs/cheatsheets/{lesson.name}.html)")
    ways = _ways(lesson, written, "", index)
    return _cell([*([" · ".join(here), ""] if here and ways else []), *ways])


def after_exercises(lesson: About, written: list[About], *, index: bool) -> list[Cell]:
    """The line below the exercises of a lesson."""
    back = [f"[The lesson](../notebooks/{lesson.name}.ipynb)"] if lesson.is_written else []
    ways = _ways(lesson, written, "../notebooks/", index)
    return _cell([" · ".join([*back, *ways])] if ways else [])


def _ways(lesson: About, written: list[About], folder: str, index: bool) -> list[str]:
    """One line: previous, index, next, as far as there are such."""
    before = [other for other in written if other.name < lesson.name][-1:]
    after = [other for other in written if other.name > lesson.name][:1]
    ways = [f"[← {_short(other)}]({folder}{other.name}.ipynb)" for other in before]
    ways += [f"[All lessons]({folder}index.ipynb)"] if index else []
    ways += [f"[{_short(other)} →]({folder}{other.name}.ipynb)" for other in after]
    return [" · ".join(ways)] if ways else []


def _short(lesson: About) -> str:
    return f"{lesson.number} {lesson.title}"


def _cell(lines: list[str]) -> list[Cell]:
    return [Cell("markdown", "\n".join(lines))] if lines else []
