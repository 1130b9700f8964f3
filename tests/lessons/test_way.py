"""The way through the course: from lesson to lesson, the index with its paths, the glossary."""

import tomllib
from dataclasses import replace

import pytest

from tools.lessons import glossary, links, pages, source
from tools.lessons.about import About, about
from tools.lessons.build import Course, source_of
from tools.lessons.source import Cell, SourceError

COURSE = Course()
LESSONS = COURSE.about()
WRITTEN = [lesson for lesson in LESSONS if lesson.is_written]
PATHS = tomllib.loads((COURSE.root / "lessons/paths.toml").read_text(encoding="utf-8"))

ONE = About("01_events", "The till", True, 25, "Python", (("01.1", "Twelve"), ("01.2", "Envelope")))
TWO = About("02_the_log", "The board", True, 30, "lesson 01", (("02.1", "Keys"),))
THREE = About("03_twice", "Charged twice", False, 0, "", ())
FOUR = replace(THREE, name="04_state", title="The phone", is_written=True, minutes=20)
COURSE_OF_FOUR = [ONE, TWO, THREE, FOUR]


def _text(cells: list[Cell]) -> str:
    return "\n---\n".join(cell.source for cell in cells)


# ---------------------------------------------------------------- from lesson to lesson


def test_a_lesson_leads_to_the_one_before_the_index_and_the_next_that_is_written():
    written = [ONE, TWO, FOUR]
    assert _text(links.top(TWO, written, index=True)) == (
        "[← 01 The till](01_events.ipynb) · [All lessons](index.ipynb) · [04 The phone →](04_state.ipynb)"
    )
    assert _text(links.top(ONE, written, index=True)) == (
        "[All lessons](index.ipynb) · [02 The board →](02_the_log.ipynb)"
    )
    assert _text(links.end(FOUR, written, index=True, sheet=True)) == (
        "[Cheat sheet, one page to print](../docs/cheatsheets/04_state.html)\n\n"
        "[← 02 The board](02_the_log.ipynb) · [All lessons](index.ipynb)"
    )


def test_a_lessons_end_names_its_exercises_and_these_lead_back():
    assert _text(links.end(ONE, [ONE], index=True, sheet=False)) == (
        "[Exercises of this lesson](../exercises/01_events.ipynb)\n\n[All lessons](index.ipynb)"
    )
    assert _text(links.after_exercises(ONE, [ONE, TWO], index=True)) == (
        "[The lesson](../notebooks/01_events.ipynb) · [All lessons](../notebooks/index.ipynb) · "
        "[02 The board →](../notebooks/02_the_log.ipynb)"
    )


def test_a_lesson_alone_leads_nowhere():
    assert links.top(ONE, [ONE], index=False) == links.end(ONE, [ONE], index=False, sheet=True) == []


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.number)
def test_every_lesson_can_be_walked_to_and_from(lesson):
    cells = COURSE.cells(COURSE.root / "notebooks" / f"{lesson.name}.ipynb")
    place = WRITTEN.index(lesson)
    neighbours = WRITTEN[max(place - 1, 0) : place] + WRITTEN[place + 1 : place + 2]
    for cell in (cells[0], cells[-1]):
        for other in neighbours:
            assert f"]({other.name}.ipynb)" in cell.source
        assert "](index.ipynb)" in cell.source


# ---------------------------------------------------------------- what a lesson says of itself


def test_a_lessons_head_is_read_from_its_text(tmp_path):
    folder = tmp_path / "05_event_sourcing"
    folder.mkdir()
    (folder / "lesson.py").write_text(
        "# %% [markdown]\n# # 05 · The book\n#\n# **Time:** 30 minutes. **You need:** lesson\n"
        "# [01](01_events.ipynb), and\n# time.\n#\n# **You will be able to:** fold.\n"
    )
    (folder / "exercises.py").write_text("# %% [markdown]\n# # 05\n#\n# ## 05.1 Decide\n\n# ## 05.2 Append\n")
    assert about(folder) == About(
        "05_event_sourcing",
        "The book",
        True,
        30,
        "lesson [01](01_events.ipynb), and time",
        (("05.1", "Decide"), ("05.2", "Append")),
    )


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.number)
def test_every_lesson_says_how_long_it_takes_and_what_it_needs(lesson):
    assert 5 <= lesson.minutes <= 45, "its first cell has: **Time:** 25 minutes."
    assert lesson.needs, "its first cell has: **You need:** …, and then an empty line"


# ---------------------------------------------------------------- the index


def test_the_index_lists_every_lesson():
    table = pages.lesson_table(LESSONS, COURSE.root)
    for lesson in LESSONS:
        assert f"| {lesson.number} | " in table
        assert (f"]({lesson.name}.ipynb)" in table) == lesson.is_written
        assert all(f"{number} {title}" in table for number, title in lesson.exercises)


def test_a_paths_time_is_the_sum_of_its_lessons_and_exercises(tmp_path):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons/paths.toml").write_text(
        "minutes_per_exercise = 10\n"
        '[[path]]\nname = "A day"\nlessons = ["01", "02", "03", "09"]\nwhy = "All."\n'
    )
    assert pages.minutes_of([ONE, TWO], 10) == 85
    row = pages.path_table(COURSE_OF_FOUR, tmp_path).splitlines()[-1]
    assert row == (
        "| **A day** | [01](01_events.ipynb), [02](02_the_log.ipynb) | "
        "55 min of lessons, 3 exercises of about 10 min: 1 h 25 min | All. |"
    )


@pytest.mark.parametrize("path", PATHS["path"], ids=lambda path: path["name"])
def test_a_path_fits_into_its_time(path):
    chosen = [lesson for lesson in WRITTEN if lesson.number in path["lessons"]]
    assert pages.minutes_of(chosen, PATHS["minutes_per_exercise"]) <= path["minutes_max"]


def test_paths_grow():
    for shorter, longer in zip(PATHS["path"], PATHS["path"][1:], strict=False):
        assert set(shorter["lessons"]) < set(longer["lessons"])
        assert shorter["minutes_max"] < longer["minutes_max"]


def test_an_unknown_table_is_named(tmp_path):
    page = tmp_path / "page.py"
    page.write_text("# %% [markdown]\n# {{ weather }}\n")
    with pytest.raises(SourceError, match=r"\{\{ weather \}\} is none of lessons, paths"):
        pages.cells_of(page, [], tmp_path)


def test_the_index_shows_nobodys_progress():
    text = (COURSE.root / "notebooks/index.ipynb").read_text(encoding="utf-8")
    assert "0 of " in text
    assert "attempt" not in text


# ---------------------------------------------------------------- the glossary

TERMS = glossary.terms(COURSE.root)
PROSE = [
    Cell("markdown", "A **dual write**: see **two\nwords**. **Time:** now. **1. Scale.** Also `**code**`."),
    Cell("code", "x = 2**3**2"),
    Cell("markdown", "Many **Partitions** and **copies**, and **01.1** too."),
]


def test_a_lessons_words_are_what_it_sets_in_bold():
    assert glossary.bold_terms(PROSE) == ["dual write", "two words", "Partitions", "copies"]


def test_a_word_that_the_glossary_lacks_is_named():
    known = [glossary.Term(word, "", "", "") for word in ("dual write", "partition", "copy, replica")]
    assert glossary.missing(PROSE, known) == ["two words"]


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.number)
def test_every_word_in_bold_is_in_the_glossary(lesson):
    path = COURSE.root / "notebooks" / f"{lesson.name}.ipynb"
    cells = source.read(COURSE.root / "lessons" / lesson.name / source_of(path))
    assert glossary.missing(cells, TERMS) == [], (
        "bold is for a term at its first use: put it into docs/glossary.md, "
        "or set what is only stressed in *italics*"
    )


def test_terms_are_in_order_each_once():
    words = [term.word for term in TERMS]
    assert words == sorted(words, key=str.lower)
    names = [name for term in TERMS for name in term.words]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("term", [term for term in TERMS if term.lesson], ids=lambda term: term.word)
def test_a_term_leads_to_the_lesson_that_uses_it(term):
    names = {lesson.number: lesson.name for lesson in LESSONS}
    if term.lesson not in names:
        pytest.skip(f"lesson {term.lesson} is not there yet")
    assert term.notebook == f"{names[term.lesson]}.ipynb"
    text = COURSE.root / "lessons" / names[term.lesson] / "lesson.py"
    if not text.is_file():
        pytest.skip(f"lesson {term.lesson} is not written yet")
    prose = " ".join(text.read_text(encoding="utf-8").replace("\n# ", " ").lower().replace("-", " ").split())
    assert any(name in prose for name in term.words), f"lesson {term.lesson} never says it"


def test_every_row_of_the_table_is_read():
    text = (COURSE.root / "docs/glossary.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| **")]
    assert len(rows) == len(TERMS)


def test_the_notebook_links_only_to_lessons_that_are_written():
    table = glossary.table(COURSE.root, LESSONS)
    assert all(f"**{term.word}**" in table for term in TERMS)
    unwritten = [lesson.name for lesson in LESSONS if not lesson.is_written]
    assert [name for name in unwritten if f"]({name}.ipynb)" in table] == []
