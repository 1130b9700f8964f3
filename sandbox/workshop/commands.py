"""`python -m sandbox workshop release|collect|grade|report`: a workshop from a terminal."""

import argparse
import csv
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.referee import CONFINED, LEVELS
from sandbox.workshop.events import FileSetAside, SubmissionReceived
from sandbox.workshop.export import write_all
from sandbox.workshop.files import find
from sandbox.workshop.gradebook import Gradebook, by_reason
from sandbox.workshop.grading import grade_all
from sandbox.workshop.office import Office
from sandbox.workshop.pages import class_page, file_name, learner_page
from sandbox.workshop.release.commands import add_release


def collect(options: argparse.Namespace) -> int:
    """Take in what was handed in, and say what came of it."""
    office = Office(options.folder)
    taken = office.receive(find(options.place), _moment(options.deadline))
    received = [event for event in taken if isinstance(event, SubmissionReceived)]
    learners = len({event.learner for event in received})
    late = sum(event.late for event in received)
    print(f"{len(received)} new files from {learners} learners, {late} late.")
    print(f"{len(office.waiting())} texts are to be graded: python -m sandbox workshop grade")
    remarks = [(event.learner, event.file, event.remark) for event in received if event.remark]
    for _, files, remark in by_reason(remarks):
        print(f"  look at: {files}: {remark}")
    aside = [event for event in taken if isinstance(event, FileSetAside)]
    for _, files, reason in by_reason((event.learner, event.file, event.reason) for event in aside):
        print(f"  set aside: {files}: {reason}")
    office.close()
    return 0


def grade(options: argparse.Namespace) -> int:
    """Grade what waits; it may be interrupted and started again."""
    office = Office(options.folder)
    levels = LEVELS if options.without_confinement else CONFINED
    graded, given_up = grade_all(office, options.workers or os.cpu_count() or 1, levels)
    print(f"{graded} texts graded, {given_up} given up.")
    office.close()
    return 0


def report(options: argparse.Namespace) -> int:
    """Write everybody's page, the class's page, and the grades."""
    office = Office(options.folder)
    book = Gradebook.of(office, _roster(options.roster))
    returned = options.folder / "returned"
    (returned / "learners").mkdir(parents=True, exist_ok=True)
    for learner in book.marks:
        page = learner_page(office, book, learner)
        (returned / "learners" / file_name(learner)).write_text(page, encoding="utf-8")
    (returned / "class.html").write_text(class_page(book), encoding="utf-8")
    for name, text in write_all(book):
        (returned / name).write_text(text, encoding="utf-8")
    if options.nbgrader:
        print(f"{_into_nbgrader(office, book, options.nbgrader)} grades are in nbgrader's gradebook.")
    if waiting := len(office.waiting()):
        print(f"{waiting} texts are not graded yet: python -m sandbox workshop grade", file=sys.stderr)
    print(f"{len(book.marks)} learners: pages and grades are in {returned}.")
    office.close()
    return 0


def add_commands(parser: argparse.ArgumentParser, parser_class: type) -> None:
    """The commands of `python -m sandbox workshop`."""
    commands = parser.add_subparsers(dest="workshop_command", required=True, parser_class=parser_class)
    add_release(commands)
    one = commands.add_parser("collect", help="take in what was handed in: a folder, a zip, an LMS export")
    one.add_argument("place", type=Path, metavar="PLACE")
    one.add_argument("--deadline", metavar="TIME", help="ISO 8601, UTC where no zone is named")
    one.set_defaults(run=collect)
    two = commands.add_parser("grade", help="grade what waits, from outside; interrupt and go on as you like")
    two.add_argument("--workers", type=int, default=0, metavar="N", help="processes (one a core)")
    two.add_argument(
        "--without-confinement", action="store_true", help="code that you trust, where it can't be confined"
    )
    two.set_defaults(run=grade)
    three = commands.add_parser("report", help="pages for learners and teacher, CSV, JUnit XML")
    three.add_argument("--roster", type=Path, metavar="FILE", help="CSV, learners in its first column")
    three.add_argument(
        "--nbgrader", type=Path, metavar="FOLDER", help="its gradebook too: the course's folder"
    )
    three.set_defaults(run=report)
    for command in (one, two, three):
        command.add_argument("--folder", type=Path, default=Path("workshop"), help="the office (workshop)")


def _into_nbgrader(office: Office, book: Gradebook, course: Path) -> int:
    try:
        from sandbox.workshop.nbgrading.book import write_grades
    except ModuleNotFoundError as error:
        raise UsageError(f"nbgrader is not installed here ({error}): pip install nbgrader.") from error
    return write_grades(office, book, course)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time. Write it as in 2026-11-30T18:00+01:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _roster(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row[0].strip() for row in csv.reader(file) if row and row[0].strip()]
    except OSError as error:
        raise UsageError(f"the roster {path} can't be read: {error.strerror}.") from error
