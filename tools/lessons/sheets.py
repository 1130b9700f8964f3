"""Cheat sheets: `lessons/NN_slug/cheatsheet.md` becomes one page to print, docs/cheatsheets/NN_slug.html.

HTML rather than PDF: it is text, so a change can be read and compared, it follows the
reader's paper (A4 or Letter), and on a screen it is dark where the reader wants it dark.
It stands alone: no script, no font and no picture from elsewhere.
"""

import re
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

STYLE = """\
@page { margin: 11mm 13mm }
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #f3f1ec; --line: #b9b3a6;
  --accent: #8a3b12; --word: #8a3b12; --text: #15603f; --quiet: #5d5d5d }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #161616; --soft: #242424;
  --line: #5c5c5c; --accent: #f2a97f; --word: #f2a97f; --text: #8fd6b0; --quiet: #a8a8a8 } }
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #f3f1ec; --line: #999;
  --accent: #7a3410; --word: #7a3410; --text: #125237; --quiet: #555 } }
* { box-sizing: border-box }
body { font: 10pt/1.36 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif;
  color: var(--ink); background: var(--paper); max-width: 188mm; margin: 0 auto; padding: 1rem }
@media print { body { padding: 0; max-width: none; font-size: 9.3pt } }
h1 { font-size: 1.7em; line-height: 1.15; margin: 0 0 .3em; padding-bottom: .25em;
  border-bottom: 2pt solid var(--accent) }
h1 + p { font-size: 1.15em; margin: .2em 0 .5em }
h2 { font-size: 1.1em; color: var(--accent); margin: .75em 0 .2em; break-after: avoid }
p, ul { margin: .25em 0 } ul { padding-left: 1.3em } li { margin: .12em 0 }
pre { background: var(--soft); border-left: 3pt solid var(--line); padding: .5em .8em; margin: .35em 0;
  font-size: .88em; line-height: 1.32; white-space: pre-wrap; break-inside: avoid;
  print-color-adjust: exact; -webkit-print-color-adjust: exact }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .92em }
pre code { font-size: 1em }
table { border-collapse: collapse; width: 100%; margin: .35em 0; font-size: .94em;
  break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: .18em .6em .18em 0;
  border-bottom: .5pt solid var(--line) }
blockquote { margin: .35em 0; padding: .1em .9em; border-left: 3pt solid var(--accent) }
footer { margin-top: .8em; font-size: .8em; color: var(--quiet) }
a { color: inherit } .k, .kn, .ow, .kc { color: var(--word) } .s, .s1, .s2, .sa { color: var(--text) }
.c, .c1 { color: var(--quiet); font-style: italic }
"""
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
<main>
{body}</main>
<footer>One page of <a href="../../notebooks/{name}.ipynb">lesson {number}</a>. Text: CC BY 4.0.</footer>
</html>
"""


def path_of(root: Path, name: str) -> Path:
    """Where the page of lesson `name` stands."""
    return root / "docs" / "cheatsheets" / f"{name}.html"


def page_of(source: Path) -> str:
    """The page that is made from a cheat sheet's text."""
    name, text = source.parent.name, source.read_text(encoding="utf-8")
    title = re.match(r"# (.+)", text)[1]
    body = MarkdownIt("commonmark", {"highlight": _highlighted}).enable("table").render(text)
    return PAGE.format(title=escape(title), style=STYLE, body=body, name=name, number=name[:2])


def write(root: Path, lesson: Path) -> Path | None:
    """Write the page of a lesson; `None` where it has no cheat sheet, or nothing has changed."""
    if not stale(root, lesson):
        return None
    path = path_of(root, lesson.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page_of(lesson / "cheatsheet.md"), encoding="utf-8")
    return path


def stale(root: Path, lesson: Path) -> list[str]:
    """A sentence where the lesson's page is not what its text makes."""
    source, path = lesson / "cheatsheet.md", path_of(root, lesson.name)
    if not source.is_file() or (path.is_file() and path.read_text(encoding="utf-8") == page_of(source)):
        return []
    there = "differs from" if path.is_file() else "is not there yet, for"
    return [
        f"{path.relative_to(root).as_posix()} {there} lessons/{lesson.name}/cheatsheet.md. Run: make lessons"
    ]


def orphans(root: Path) -> list[str]:
    """A sentence for each page that has no text any more."""
    return [
        f"{page.relative_to(root).as_posix()} belongs to no lesson's cheatsheet.md. Remove it."
        for page in sorted(root.glob("docs/cheatsheets/*.html"))
        if not (root / "lessons" / page.stem / "cheatsheet.md").is_file()
    ]


def _highlighted(code: str, language: str, _: str) -> str:
    """Code in colours; of language-less blocks, the text alone."""
    if not language:
        return ""
    return highlight(code, get_lexer_by_name(language), HtmlFormatter(nowrap=True))
