"""What is given back: a page for each learner, and one about the class. Plain HTML, no network."""

import hashlib
import re
from html import escape

from sandbox.errors import UsageError
from sandbox.grading.grader import find_grader
from sandbox.views import bars
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
pre {{ overflow-x: auto; }}
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
    """Every verdict of one learner, with its picture and its hints."""
    row = book.marks.get(learner, {})
    rows = [
        [mark.exercise, _title(mark.exercise), mark.result, _remarks(mark)] for _, mark in sorted(row.items())
    ]
    body = _table(["Exercise", "", "Result", ""], rows)
    body += _problems([aside for aside in book.set_aside if aside.learner == learner])
    for _, mark in sorted(row.items()):
        body += f"<section>{office.card(mark.cell)}</section>"
    solved = sum(mark.points for mark in row.values())
    return _page(learner, f"<p>{solved} of {len(row)} exercises solved.</p>{body}")


def class_page(book: Gradebook) -> str:
    """How the class has done, and what somebody should look at."""
    rates = book.pass_rates()
    body = f"<p>{len(book.marks)} learners, {len(rates)} exercises.</p>"
    if rates:
        shares = {
            f"{exercise} ({passed} of {of})": round(100 * passed / of)
            for exercise, (passed, of) in rates.items()
        }
        body += bars(shares, "Passed, of those who handed it in", unit="%").html
    body += _part("What learners seem to believe", ["Exercise", "Belief", "Learners"], book.misconceptions())
    likenesses = [
        (found.exercise, ", ".join(found.learners), "the same text" if found.same else "but for the names")
        for found in book.alike
    ]
    body += _part("Alike; look at them yourself", ["Exercise", "Learners", "How far"], likenesses)
    body += _part("Nothing handed in", ["Learner"], [(learner,) for learner in book.missing])
    body += _part("On no list", ["Learner"], [(learner,) for learner in book.strangers])
    body += _problems(book.set_aside)
    letters = [(letter.exercise, letter.cell, letter.reason) for letter in book.dead_letters]
    body += _part("Not to be graded (dead letters)", ["Exercise", "Text", "Reason"], letters)
    late = [(who, m.exercise, m.file) for who, row in book.marks.items() for m in row.values() if m.late]
    body += _part("Late", ["Learner", "Exercise", "File"], late)
    results = [
        [who, *(row[e].result if e in row else "" for e in book.exercises)] for who, row in book.marks.items()
    ]
    return _page("The class", body + _part("Everybody", ["Learner", *book.exercises], results))


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
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _remarks(mark: Mark) -> str:
    times = f"handed in {mark.earlier + 1} times; the last one counts" if mark.earlier else ""
    return ", ".join(filter(None, ["late" if mark.late else "", times, mark.remark]))


def _title(exercise: str) -> str:
    try:
        return find_grader(exercise).title
    except UsageError:
        return "there is no such exercise"
