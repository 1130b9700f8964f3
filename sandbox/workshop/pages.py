"""What is given back: a page for each learner, and one about the class. Plain HTML, no network."""

import hashlib
import re
from html import escape

from sandbox.errors import UsageError
from sandbox.grading.card import COLOUR
from sandbox.grading.grader import find_grader
from sandbox.grading.verdict import SIGN
from sandbox.workshop.gradebook import Gradebook, Mark, by_reason
from sandbox.workshop.office import Office

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; }}
th, td {{ border-bottom: 1px solid #8888; }}
section {{ margin: 1.5rem 0; }}
th, td {{ overflow-wrap: break-word; }}
h2 {{ margin-top: 2rem; }}
meter {{ width: 12rem; }}
pre {{ overflow-x: auto; font-size: .9em; }}
details.text {{ margin: .5rem 1.4rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def learner_page(office: Office, book: Gradebook, learner: str) -> str:
    """Every verdict of one learner, with its picture, its hints, and the text that was graded."""
    row = sorted(book.marks.get(learner, {}).items())
    body = "".join(
        f"<section>{office.card(mark.cell)}<details class='text'><summary>Your text, as it was graded"
        "</summary>"
        f"<pre>{escape(office.source(mark.cell))}</pre></details></section>"
        for _, mark in row
    )
    rows = [[exercise, _title(exercise), _result(mark), _remarks(mark)] for exercise, mark in row]
    aside = _problems([found for found in book.set_aside if found.learner == learner])
    if not row:
        return _page(learner, f"<p>No exercise of yours was found.</p>{aside}")
    solved = sum(mark.points for _, mark in row)
    remarks = ["Remarks"] if any(remark for *_, remark in rows) else []
    table = _table(["Exercise", "Title", "Result", *remarks], [line[: 3 + len(remarks)] for line in rows])
    return _page(learner, f"<p>{solved} of {_count(len(row), 'exercise')} solved.</p>{table}{aside}{body}")


def class_page(book: Gradebook) -> str:
    """How the class has done, and what somebody should look at; each name leads to that learner's page."""
    rates = book.pass_rates()
    handed_in = sum(bool(row) for row in book.marks.values())
    counts = (
        f"{_count(len(book.marks), 'learner')}, {handed_in} with exercises; {_count(len(rates), 'exercise')}."
    )
    body = f"<p>{counts}</p>"
    shares = [
        [exercise, _title(exercise), f"{passed} of {of}", _share(passed, of)]
        for exercise, (passed, of) in rates.items()
    ]
    body += _part("Passed, of those who handed it in", ["Exercise", "Title", "Passed", "Share"], shares)
    body += _part("What learners seem to believe", ["Exercise", "Belief", "Learners"], book.misconceptions())
    body += _to_look_at(book)
    rows = [
        [
            _Html(f"<a href='learners/{file_name(who)}'>{escape(who)}</a>"),
            *(_result(row[e]) if e in row else "–" for e in book.exercises),
            sum(mark.points for mark in row.values()),
        ]
        for who, row in book.marks.items()
    ]
    return _page("The class", body + _part("Everybody", ["Learner", *book.exercises, "Solved"], rows))


def _to_look_at(book: Gradebook) -> str:
    """All that is not to be decided by a program."""
    body = _problems(book.set_aside)
    letters = [(letter.exercise, letter.cell, letter.reason) for letter in book.dead_letters]
    body += _part("Not to be graded (dead letters)", ["Exercise", "Text", "Reason"], letters)
    likenesses = [
        (found.exercise, ", ".join(found.learners), "the same text" if found.same else "but for the names")
        for found in book.alike
    ]
    body += _part("Alike; look at them yourself", ["Exercise", "Learners", "How far"], likenesses)
    late = [(who, m.exercise, m.file) for who, row in book.marks.items() for m in row.values() if m.late]
    body += _part("Late", ["Learner", "Exercise", "File"], late)
    body += _part("Nothing handed in", ["Learner"], [(learner,) for learner in book.missing])
    return body + _part("Not on the roster", ["Learner"], [(learner,) for learner in book.strangers])


def file_name(learner: str) -> str:
    """A name for the learner's page that every file system takes, and no two learners share."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", learner).strip("-").lower()[:40]
    return f"{plain or 'learner'}-{hashlib.sha256(learner.encode('utf-8', 'replace')).hexdigest()[:6]}.html"


def _page(title: str, body: str) -> str:
    return PAGE.format(title=escape(title), body=body)


def _part(title: str, heads: list[str], rows: list) -> str:
    return f"<h2>{escape(title)}</h2>{_table(heads, rows)}" if rows else ""


def _problems(aside: list) -> str:
    rows = by_reason((found.learner, found.file, found.reason) for found in aside)
    return _part("Set aside: this could not be graded", ["Learner", "File", "Reason"], rows)


def _table(heads: list[str], rows: list) -> str:
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in heads)
    lines = "".join("<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


class _Html(str):
    """What is HTML already."""

    __slots__ = ()


def _cell(value: object) -> str:
    return value if isinstance(value, _Html) else escape(str(value))


def _result(mark: Mark) -> _Html:
    """A sign and a word, in the colour of the verdict's card: never a colour alone."""
    colour = COLOUR.get(mark.result, COLOUR["UNKNOWN"])
    sign = SIGN.get(mark.result, SIGN["UNKNOWN"])
    return _Html(f"<span style='border-bottom:3px solid {colour}'>{sign} {escape(mark.result)}</span>")


def _share(passed: int, of: int) -> _Html:
    """A bar on a scale from 0 to 100 %, and the number."""
    percent = round(100 * passed / of)
    return _Html(f"<meter min='0' max='100' value='{percent}' aria-hidden='true'></meter> {percent} %")


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _remarks(mark: Mark) -> str:
    times = f"handed in {mark.earlier + 1} times; the last one counts" if mark.earlier else ""
    return ", ".join(filter(None, ["late" if mark.late else "", times, mark.remark]))


def _title(exercise: str) -> str:
    try:
        return find_grader(exercise).title
    except UsageError:
        return "there is no such exercise"
