"""The glossary: docs/glossary.md is its source, the notebook is made from it, and lessons are held to it."""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.lessons.about import About
from tools.lessons.source import Cell

ROW = re.compile(r"^\| \*\*(.+?)\*\* \| (.+?) \|(?: (.+?))? \|$", re.MULTILINE)
LINK = re.compile(r"\[(\d\d)\]\(\.\./notebooks/([^)]+)\)")
BOLD = re.compile(r"\*\*([^*\n]+(?:\n[^*\n]+)?)\*\*")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
NO_TERM = re.compile(r".*[.:!?]$|\d\d\.\d+|\d+\.? .*")  # a heading within a line, an exercise's number


@dataclass(frozen=True)
class Term:
    """One row: the word, its sentence, and the lesson (`02`) and notebook that teach it."""

    word: str
    sentence: str
    lesson: str
    notebook: str

    @property
    def words(self) -> set[str]:
        """Its names, in small letters and without hyphens; a row may give several, with commas."""
        return {_plain(name) for name in self.word.split(",")}


def terms(root: Path) -> list[Term]:
    """All terms of docs/glossary.md, in its order."""
    found = []
    for word, sentence, lesson in ROW.findall((root / "docs/glossary.md").read_text(encoding="utf-8")):
        link = LINK.fullmatch(lesson.strip())
        found.append(Term(word, sentence, *(link.groups() if link else ("", ""))))
    return found


def frame(root: Path) -> tuple[str, str]:
    """What docs/glossary.md says before its table, without the heading, and after it."""
    text = (root / "docs/glossary.md").read_text(encoding="utf-8")
    before, _, rest = text.partition("\n| Term |")
    return before.partition("\n")[2].strip(), rest.rpartition(" |\n")[2].strip()


def table(root: Path, lessons: list[About]) -> str:
    """The terms as a table for a notebook; a lesson that isn't written yet is no link."""
    written = {f"{lesson.name}.ipynb" for lesson in lessons if lesson.is_written}
    rows = ["| Term | In one sentence | Lesson |", "|---|---|---|"]
    for term in terms(root):
        link = f"[{term.lesson}]({term.notebook})" if term.notebook in written else term.lesson
        rows.append(f"| **{term.word}** | {term.sentence} | {link} |")
    return "\n".join(rows)


def bold_terms(cells: list[Cell]) -> list[str]:
    """The words that a lesson introduces: what its prose sets in bold, without headings and numbers."""
    prose = "\n\n".join(CODE.sub("", cell.source) for cell in cells if cell.type == "markdown")
    found = [" ".join(words.split()) for words in BOLD.findall(prose)]
    return [words for words in dict.fromkeys(found) if not NO_TERM.fullmatch(words)]


def missing(cells: list[Cell], known: list[Term]) -> list[str]:
    """The bold words of a lesson that the glossary doesn't explain, in singular or plural."""
    names = {name for term in known for name in term.words}
    return [words for words in bold_terms(cells) if not _forms(_plain(words)) & names]


def _plain(words: str) -> str:
    return words.strip().lower().replace("-", " ")


def _forms(words: str) -> set[str]:
    return {words, words.removesuffix("s"), words.removesuffix("es"), re.sub("ies$", "y", words)}
