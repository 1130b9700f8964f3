"""The limits of lessons (tools/lessons/style.py), on every lesson; and each rule, broken once."""

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.lessons import style
from tools.lessons.build import Course
from tools.lessons.notebook import make

COURSE = Course()
PATHS = [path for lesson in COURSE.lessons() for path in COURSE.paths(lesson)]
PAGES = [path for page in COURSE.pages() for path in COURSE.paths(page)]
EXECUTED = [path for path in PATHS if path.parent.name != "exercises"]
ON_TEXT = [
    style.cells_are_short,
    style.prose_is_short,
    style.code_is_interrupted_by_prose,
    style.headings_skip_no_level,
    style.pictures_have_a_text,
    style.nothing_is_belittled,
]
ON_OUTPUTS = [style.outputs_are_small, style.outputs_name_no_machine, style.cells_ran_in_order]


def _name(value) -> str:
    return value.__name__ if callable(value) else f"{value.parent.name}/{value.stem}"


def _from_text(path) -> NotebookNode:
    """From the text: what a learner wrote into the notebook is not for us to judge."""
    return make(path.stem, COURSE.cells(path))


def _committed(path) -> NotebookNode:
    assert path.is_file(), f"{_name(path)} is missing. Run: make lessons"
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("path", PATHS, ids=_name)
@pytest.mark.parametrize("rule", ON_TEXT, ids=_name)
def test_the_text_keeps_the_limits(rule, path):
    assert list(rule(_from_text(path))) == []


@pytest.mark.parametrize("path", PATHS + PAGES, ids=_name)
def test_links_to_files_resolve(path):
    assert list(style.links_resolve(_from_text(path), path.parent)) == []


@pytest.mark.parametrize("path", PAGES, ids=_name)
@pytest.mark.parametrize("rule", [rule for rule in ON_TEXT if rule is not style.prose_is_short], ids=_name)
def test_a_page_keeps_the_limits_but_may_have_tables(rule, path):
    assert list(rule(_from_text(path))) == []


@pytest.mark.parametrize("path", EXECUTED + PAGES, ids=_name)
@pytest.mark.parametrize("rule", ON_OUTPUTS, ids=_name)
def test_the_outputs_keep_the_limits(rule, path):
    assert list(rule(_committed(path))) == []


@pytest.mark.parametrize("path", EXECUTED + PAGES, ids=_name)
def test_a_notebook_is_small(path):
    assert path.stat().st_size <= style.NOTEBOOK_BYTES_MAX


@pytest.mark.parametrize("path", [p for p in PATHS if p.parent.name == "notebooks"], ids=_name)
def test_most_cells_of_a_lesson_show_something(path):
    assert list(style.most_cells_show_something(_committed(path))) == []


def code(text, *, count=1, shown="", **metadata) -> NotebookNode:
    outputs = [new_output("stream", text=shown)] if shown else []
    return new_code_cell(text, execution_count=count, outputs=outputs, metadata=metadata)


PROSE = new_markdown_cell("Words.")
PICTURE = new_output("display_data", data={"image/svg+xml": "x" * 20_000, "text/plain": "a picture"})


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        (style.cells_are_short, [code("x = 1\n" * 16)]),
        (style.cells_are_short, [code("x = 1\n" * 21, tags=["build"])]),
        (style.cells_are_short, [code("x = '" + "y" * 80 + "'")]),
        (style.cells_are_short, [code("%%exercise 01.1\n" + "y" * 80)]),
        (style.prose_is_short, [new_markdown_cell("word " * 121)]),
        (style.code_is_interrupted_by_prose, [PROSE, code("1"), code("2"), code("3")]),
        (style.most_cells_show_something, [code("1", shown="1"), code("2")]),
        (style.outputs_are_small, [code("1", shown="line\n" * 41)]),
        (style.outputs_are_small, [new_code_cell("1", outputs=[PICTURE])]),
        (style.outputs_name_no_machine, [code("1", shown="/home/ann/sandbox/bus.py")]),
        (style.outputs_name_no_machine, [code("1", shown="<Bus object at 0x7f12ab34cd>")]),
        (style.cells_ran_in_order, [code("1"), code("2", count=3)]),
        (style.cells_ran_in_order, [code("1", count=None)]),
        (style.headings_skip_no_level, [new_markdown_cell("# A"), new_markdown_cell("### B")]),
        (style.headings_skip_no_level, [new_markdown_cell("## No title before it")]),
        (style.pictures_have_a_text, [new_markdown_cell("![](cup.svg)")]),
        (style.pictures_have_a_text, [new_markdown_cell('<img src="cup.svg" alt="">')]),
        (style.nothing_is_belittled, [new_markdown_cell("Obviously, a cup.")]),
        (style.nothing_is_belittled, [code("x = 1  # just a number")]),
    ],
)
def test_a_broken_rule_is_named_with_its_cell(rule, cells):
    sentences = list(rule(new_notebook(cells=cells)))
    assert len(sentences) == 1
    assert "cell" in sentences[0]


def test_a_dead_link_is_named(tmp_path):
    (tmp_path / "a menu.md").touch()
    text = "[a](a%20menu.md#top) [b](https://example.org/x) [c](#here) `[d](in_code.md)` [e](gone.md)"
    sentences = list(style.links_resolve(new_notebook(cells=[new_markdown_cell(text)]), tmp_path))
    assert sentences == [f"cell 1 ({text}) links to gone.md, which is not there"]


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        (style.cells_are_short, [code("x = 1\n" * 20, tags=["build"])]),
        (style.cells_are_short, [code("%%exercise 01.1\n" + "x = 1\n" * 30)]),
        (style.code_is_interrupted_by_prose, [code("1"), code("2"), PROSE, code("3")]),
        (style.headings_skip_no_level, [new_markdown_cell("# A\n```\n### no heading\n```\n## B")]),
        (style.pictures_have_a_text, [new_markdown_cell("![a cup](cup.svg)")]),
        (style.nothing_is_belittled, [new_markdown_cell("Adjust it, `just` so.")]),
    ],
)
def test_what_is_within_the_limits_passes(rule, cells):
    assert list(rule(new_notebook(cells=cells))) == []
