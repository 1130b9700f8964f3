"""The running order of each path, for docs/teaching.md: what begins when, as the lessons' own times say."""

import re
import tomllib

from tools.lessons.about import About
from tools.lessons.build import Course

PLACE = re.compile(r"(<!-- times: .*? -->\n).*?(<!-- end of times -->)", re.DOTALL)


def with_times(guide: str, course: Course) -> str:
    """The guide with its tables of times as they have to be."""
    return PLACE.sub(lambda found: found[1] + tables(course) + found[2], guide)


def tables(course: Course) -> str:
    """A table for each path of lessons/paths.toml."""
    paths = tomllib.loads((course.root / "lessons" / "paths.toml").read_text(encoding="utf-8"))
    lessons = {lesson.number: lesson for lesson in course.about()}
    per_exercise = paths["minutes_per_exercise"]
    return "\n".join(
        _table(path["name"], [lessons[number] for number in path["lessons"]], per_exercise)
        for path in paths["path"]
    )


def _table(name: str, lessons: list[About], per_exercise: int) -> str:
    rows = [
        f"**{name}**",
        "",
        "| Begins after | Lesson | Read and run | Exercises | |",
        "|---|---|---|---|---|",
    ]
    begins = 0
    for lesson in lessons:
        count = len(lesson.exercises)
        exercises = f"{count} in {count * per_exercise} min" if count else ""
        cells = [_clock(begins), f"{lesson.number} {lesson.title}", f"{lesson.minutes} min", exercises]
        rows.append(f"| {' | '.join(cells)} | [answers](teaching/{lesson.name}.md) |")
        begins += lesson.minutes + count * per_exercise
    return "\n".join([*rows, f"| {_clock(begins)} | *the end, without breaks* | | | |", ""])


def _clock(minutes: int) -> str:
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}"
