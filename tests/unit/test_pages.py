"""The pages that one reads on GitHub: what they link to is there, and what they tell one to run is, too."""

import importlib.util
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from tools.lessons import source, style

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "LICENSE-lessons.md", "lessons/README.md"]
PAGES = [*(ROOT / name for name in NAMES), *sorted(ROOT.glob("docs/**/*.md")), *ROOT.glob(".github/*.md")]
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
ANCHOR = re.compile(r"\]\(([^)\s#:]*)#([^)\s]+)\)")
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())


@each_page
def test_links_inside_the_repository_resolve(path):
    text = new_notebook(cells=[new_markdown_cell(path.read_text(encoding="utf-8"))])
    assert list(style.links_resolve(text, path.parent)) == []


def anchors(text: str) -> set[str]:
    """The headings' names in an address, as GitHub makes them."""
    headings = re.findall(r"^#{1,6}\s+(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_anchors_are_named_as_github_names_them():
    assert anchors("# What is `poll`?\n```\n# no heading\n```\n## A-1, twice") == {
        "what-is-poll",
        "a-1-twice",
    }


@each_page
def test_anchors_lead_to_headings(path):
    for target, anchor in ANCHOR.findall(path.read_text(encoding="utf-8")):
        page = path.parent / target if target else path
        if page.suffix == ".md":
            assert anchor in anchors(page.read_text(encoding="utf-8")), f"{target}#{anchor}"


@each_page
def test_commands_are_there(path):
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:^|`)(?:\w+=\S+ )?make (?:[A-Z]+=\S+ )?([a-z-]+)", text, re.MULTILINE)
    assert set(named) <= targets
    for module in set(re.findall(r"python -m ([a-z_.]*[a-z_])", text)):
        assert importlib.util.find_spec(module), module
    for file in re.findall(r"python (tools/\S+\.py)", text):
        assert (ROOT / file).is_file()


def test_the_readme_names_every_lesson_with_its_number_of_exercises():
    rows = re.findall(
        r"^\| (\d\d) \|.*\(notebooks/(\w+)\.ipynb\).*\[(\d+)\]\(exercises/(\w+)\.ipynb\)",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    expected = []
    for lesson in sorted(ROOT.glob("lessons/[0-9]*/exercises.py")):
        number = len([cell for cell in source.read(lesson) if cell.exercise])
        name = lesson.parent.name
        expected.append((name[:2], name, str(number), name))
    assert rows == expected
