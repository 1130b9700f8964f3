"""The gradebook for other programs: CSV for Moodle and Canvas, JUnit XML for a classroom's CI."""

import csv
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable

from sandbox.workshop.gradebook import Gradebook, Mark

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(book: Gradebook, form: str = "plain") -> str:
    """`plain`, `moodle` or `canvas`: one line for each learner, 1 or 0 for each exercise."""
    heads = {
        "plain": ["learner"],
        "moodle": ["ID number"],  # Moodle's grade import is told that it identifies the user
        "canvas": ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"],
    }[form]
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    titles = [f"Exercise {exercise}" for exercise in book.exercises]
    table.writerow([*heads, *titles, *(["total"] if form != "canvas" else [])])
    if form == "canvas":
        table.writerow(["    Points Possible", "", "", "", "", *(["1"] * len(titles))])
    for learner, row in book.marks.items():
        points = [_points(row.get(exercise)) for exercise in book.exercises]
        who = [_safe(learner)] if form != "canvas" else [_safe(learner), "", "", _safe(learner), ""]
        total = [sum(point or 0 for point in points)] if form != "canvas" else []
        table.writerow([*who, *("" if point is None else point for point in points), *total])
    return written.getvalue()


def _points(mark: Mark | None) -> int | None:
    return None if mark is None else mark.points


def _safe(text: str) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_junit(book: Gradebook) -> str:
    """One suite for each learner, one case for each exercise."""
    suites = ElementTree.Element("testsuites")
    for learner, row in book.marks.items():
        marks = [row[exercise] for exercise in book.exercises if exercise in row]
        failures = sum(mark.result == "FAIL" for mark in marks)
        skipped = sum(mark.result not in ("PASS", "FAIL") for mark in marks)
        counts = {"tests": str(len(marks)), "failures": str(failures), "skipped": str(skipped)}
        suite = ElementTree.SubElement(suites, "testsuite", name=_printable(learner), **counts)
        for mark in marks:
            case = ElementTree.SubElement(suite, "testcase", classname="exercises", name=mark.exercise)
            story = _printable(mark.graded.story if mark.graded else mark.result)
            if mark.result == "FAIL":
                ElementTree.SubElement(
                    case, "failure", message=_printable(mark.graded.invariant)
                ).text = story
            elif mark.result != "PASS":
                ElementTree.SubElement(case, "skipped", message=story)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n")


def write_all(book: Gradebook) -> Iterable[tuple[str, str]]:
    """File names and contents of every form."""
    yield "grades.csv", as_csv(book)
    yield "grades-moodle.csv", as_csv(book, "moodle")
    yield "grades-canvas.csv", as_csv(book, "canvas")
    yield "grades.xml", as_junit(book)
