"""Cheat sheets: their code runs, they have the same parts, and stand alone. A browser counts their pages."""

import re

import pytest

from tools.lessons import sheets
from tools.lessons.build import Course

ROOT = Course().root
SOURCES = sorted(ROOT.glob("lessons/[0-9][0-9]_*/cheatsheet.md"))
PARTS = ["The smallest code", "The trade-off", "The traps", "Say this in the interview"]
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)

every_sheet = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parent.name)


@every_sheet
def test_its_code_runs_as_it_is_printed(source, monkeypatch):
    monkeypatch.setenv("SANDBOX_BUS", "sim://")
    (code,) = CODE.findall(source.read_text(encoding="utf-8"))
    assert "assert" in code
    exec(compile(code, str(source), "exec"), {"__name__": f"sheet_{source.parent.name}"})


@every_sheet
def test_it_has_the_idea_and_the_same_four_parts(source):
    text = source.read_text(encoding="utf-8")
    assert re.match(rf"# {source.parent.name[:2]} · .+\n\n\*\*[^\n]+\.\*\*\n", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS


@every_sheet
def test_its_code_fits_the_paper(source):
    (code,) = CODE.findall(source.read_text(encoding="utf-8"))
    assert max(len(line) for line in code.splitlines()) <= 96


@every_sheet
def test_its_page_needs_nothing_from_elsewhere(source):
    page = sheets.page_of(source)
    assert "<script" not in page
    assert re.findall(r'\b(?:src|href)="(?!\.\./\.\./notebooks/)', page) == []
    assert "url(" not in page and "@import" not in page
    assert "@page" in page and 'lang="en"' in page and "prefers-color-scheme: dark" in page


def test_a_page_is_written_once_and_named_when_it_is_old(tmp_path):
    lesson = tmp_path / "lessons/01_cup"
    lesson.mkdir(parents=True)
    assert sheets.stale(tmp_path, lesson) == []
    (lesson / "cheatsheet.md").write_text(
        "# 01 · A cup\n\n**Tea & more.**\n\n```python\nx = 1  # <one>\n```\n"
    )
    assert sheets.stale(tmp_path, lesson)[0].startswith("docs/cheatsheets/01_cup.html is not there yet")
    page = sheets.write(tmp_path, lesson)
    assert page == tmp_path / "docs/cheatsheets/01_cup.html"
    assert sheets.write(tmp_path, lesson) is None
    html = page.read_text(encoding="utf-8")
    assert "<title>01 · A cup</title>" in html and "Tea &amp; more." in html and "&lt;one&gt;" in html
    page.write_text("old")
    assert "differs from lessons/01_cup/cheatsheet.md" in sheets.stale(tmp_path, lesson)[0]
    (lesson / "cheatsheet.md").unlink()
    assert sheets.orphans(tmp_path) == [
        "docs/cheatsheets/01_cup.html belongs to no lesson's cheatsheet.md. Remove it."
    ]
