"""The teacher's pages are what lessons, questions and graders make of them, and the guide's times add up."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from sandbox.grading import Verdict
from sandbox.grading.audit import BREAKS
from sandbox.grading.grader import graders_of
from tests.verdicts import graded
from tools.lessons.build import Course
from tools.teaching.pages import failing, made_from
from tools.teaching.steady import steady
from tools.teaching.times import tables, with_times

COURSE = Course()
FOLDER = COURSE.root / "docs" / "teaching"
MADE_WITH = (3, 11)  # stories may quote errors, and other Pythons word some of them otherwise


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info[:2] != MADE_WITH, reason="NOT CHECKED: the pages quote Python 3.11")
@pytest.mark.parametrize("lesson", COURSE.lessons(), ids=lambda lesson: lesson.name)
def test_a_page_is_what_its_lesson_makes(lesson):
    """The verdicts are those that test_graders.py looks at, too: they are made once."""
    for path, text in made_from(COURSE.root, lesson, graded).items():
        name = path.relative_to(COURSE.root).as_posix()
        assert path.is_file() and path.read_text(encoding="utf-8") == text, (
            f"{name} is generated, and differs. Run: python -m tools.teaching {lesson.name[:2]}"
        )


def test_a_story_is_the_same_whatever_the_clock_says_and_chance():
    def story(clock: datetime) -> str:
        one, other = uuid4(), uuid4()
        return (
            f"{one} after {other}, and {one}; at '{clock.isoformat()}' instead of "
            f"'{(clock + timedelta(microseconds=9)).isoformat()}', {clock!r}, {clock.timestamp()}; "
            f"{uuid4().hex}, and on '2026-05-04T09:59:00.123+05:45'."
        )

    now = datetime.now(UTC).replace(microsecond=5)
    told = steady("", story(now))
    assert told == steady("", story(now + timedelta(seconds=1)))
    assert told.startswith(
        "46d2dc31-… after 46d2dc32-…, and 46d2dc31-…; at '2026-05-04T09:59:01.123456+00:00'"
    )
    assert "instead of '2026-05-04T09:59:02.123456+00:00'" in told
    assert told.endswith("and on '2026-05-04T09:59:00.123+05:45'.")


def test_what_is_not_as_it_deserves_is_no_teachers_page():
    """A machine that is too busy may make a verdict UNKNOWN, or find an end where there is none."""
    grader = graders_of(COURSE.lessons("00")[0])["00.1"]
    path = sorted(grader.folder.glob("wrong/00_1_*.py"))[0]
    for result, invariant in (("UNKNOWN", ""), ("FAIL", "termination")):
        with pytest.raises(ValueError, match="too busy"):
            failing(grader, path, lambda *_, r=result, i=invariant: Verdict(grader, r, invariant=i))


def test_no_page_and_no_picture_is_left_over():
    numbers = {f"{path.stem[:4]}" for lesson in COURSE.lessons() for path in lesson.glob("wrong/*.py")}
    assert {path.stem for path in FOLDER.glob("[0-9]*.md")} == {lesson.name for lesson in COURSE.lessons()}
    assert {path.stem for path in FOLDER.glob("pictures/*")} <= numbers


def test_every_wrong_solution_is_expected():
    for lesson in COURSE.lessons():
        page = (FOLDER / f"{lesson.name}.md").read_text(encoding="utf-8")
        rows = [line for line in page.splitlines() if line.startswith("| ") and " | **" in line]
        wrong = list(lesson.glob("wrong/*.py"))
        assert len(rows) == len(wrong)
        broken = {path.read_text(encoding="utf-8").partition("\n")[0].removeprefix(BREAKS) for path in wrong}
        assert {row.split("**")[1] for row in rows} == broken


def test_the_guides_times_are_the_lessons_own():
    guide = (COURSE.root / "docs/teaching.md").read_text(encoding="utf-8")
    assert with_times(guide, COURSE) == guide, "Run: python -m tools.teaching"
    assert "**Half a day**" in guide and "| 3:35 | *the end, without breaks* |" in tables(COURSE)


def test_the_guide_names_every_command_and_option():
    """What the guide shows is there: its commands, and the options behind them."""
    from sandbox.__main__ import _parser

    guide = Path(COURSE.root / "docs/teaching.md").read_text(encoding="utf-8")
    for line in guide.splitlines():
        if line.startswith("python -m sandbox workshop"):
            command = line.replace('"Half a day"', "x").split()[3:]
            assert _parser().parse_args(command).workshop_command == command[1]
