"""Every committed notebook is what its text makes, to the byte: built again here and compared.

A learner may write into exercises/ and run it; where CI is set, that counts as well.
"""

import os
from functools import cache

import pytest

from tools.lessons import CellFailed, sheets
from tools.lessons.build import Course
from tools.lessons.source import SourceError

COURSE = Course()
PAIRS = [(text, path) for text in COURSE.texts() for path in COURSE.paths(text)]


@cache
def _stale(lesson) -> list[str]:
    """The sentences of a lesson or a page; it is built once for all its notebooks."""
    try:
        return COURSE.stale(COURSE.build(lesson), strict=bool(os.environ.get("CI")))
    except (CellFailed, SourceError) as error:
        return [str(error)]


def _name(path) -> str:
    return path.relative_to(COURSE.root).as_posix()


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "path"), PAIRS, ids=[_name(path) for _, path in PAIRS])
def test_a_notebook_is_what_its_text_makes(lesson, path):
    others = tuple(_name(other) for other in COURSE.paths(lesson) if other != path)
    mine = [sentence for sentence in _stale(lesson) if not sentence.startswith(others)]
    assert not mine, "\n".join(mine)


def test_every_notebook_belongs_to_a_lesson():
    assert COURSE.orphans() == []


@pytest.mark.parametrize("lesson", COURSE.lessons(), ids=lambda lesson: lesson.name)
def test_a_cheat_sheet_is_what_its_text_makes(lesson):
    assert sheets.stale(COURSE.root, lesson) == []


def test_every_cheat_sheet_belongs_to_a_lesson():
    assert sheets.orphans(COURSE.root) == []
