"""A workshop from hand-out to gradebook, by the teacher's guide alone: `python -m tests.workshop.rehearsal`.

The commands are taken from docs/teaching.md as they stand there, and run in an empty folder. In
between, learners who are scripts (`tests.workshop.learners`) take the package's notebooks, run them, fill
them in, and hand them in. In the end the gradebook has to say what the scripts know.
"""

import argparse
import csv
import json
import os
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

from sandbox.course import LESSONS
from sandbox.workshop import Gradebook, Office
from tests.workshop.learners import Desk, Learner, Notebook, a_class

ROOT = LESSONS.parent
GUIDE = ROOT / "docs" / "teaching.md"
BLOCK = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS_MAX = 600  # of one notebook that a learner runs


def commands_of_the_guide() -> dict[str, list[str]]:
    """The words after `python -m sandbox workshop`, by command: as the guide first names each of them."""
    blocks = "".join(BLOCK.findall(GUIDE.read_text(encoding="utf-8")))
    found: dict[str, list[str]] = {}
    for line in blocks.splitlines():
        if line.startswith("python -m sandbox workshop "):
            words = shlex.split(line)[4:]
            found.setdefault(words[0], words)
    return found


class Rehearsal:
    """One workshop, in a folder of its own."""

    def __init__(self, folder: Path, lessons: list[str], learners: int, runs: int, seed: int) -> None:
        """`runs`: so many notebooks are really run by those who fill them in; the others are not."""
        self._folder = folder
        self._lessons = lessons
        self._count = learners
        self._runs = runs
        self._dice = random.Random(seed)
        self._guide = commands_of_the_guide()

    def hold(self) -> list[str]:
        """Everything in its order; what is not as it should be."""
        release = self._guide["release"]
        self.say(*release, "--without-wheels")  # the wheels are fetched from the network
        package = next((self._folder / "build" / "release").glob("*/exercises")).parent
        words = self._guide["collect"]
        place, deadline = words[1], datetime.fromisoformat(words[words.index("--deadline") + 1])
        desk = Desk(self._handed_out(package), self._folder / place, deadline, self._dice, self._run)
        learners = a_class(desk, self._count)
        self._write_roster(learners)
        said = self.say(*words)
        self.say(*self._guide["grade"])
        self.say(*self._guide["report"])
        return [*self._wrong_marks(learners), *self._wrong_lists(learners, said)]

    def say(self, *words: str) -> str:
        """What the teacher types; what is printed."""
        print(f"$ python -m sandbox workshop {shlex.join(words)}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "workshop", *words],
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        print(done.stdout, flush=True)
        if done.returncode:
            raise SystemExit(f"It ended with {done.returncode}: {done.stderr[-2_000:]}")
        return done.stdout

    def _handed_out(self, package: Path) -> dict[str, Notebook]:
        found = sorted((package / "exercises").glob("*.ipynb"))
        chosen = [path for path in found if path.name[:2] in self._lessons]
        return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in chosen}

    def _run(self, notebook: Notebook) -> Notebook:
        """The notebook with its outputs, as Jupyter saves it; as it is where enough have been run."""
        if self._runs <= 0:
            return notebook
        self._runs -= 1
        made = nbformat.from_dict(notebook)
        os.environ["SANDBOX_PROGRESS"] = str(self._folder / "progress.json")
        os.environ["PYTHONPATH"] = str(ROOT)
        client = NotebookClient(made, timeout=SECONDS_MAX, allow_errors=True, kernel_name="python3")
        client.execute()
        return json.loads(nbformat.writes(made))

    def _write_roster(self, learners: list[Learner]) -> None:
        with (self._folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([[learner.name] for learner in learners if learner.on_roster])

    def _wrong_marks(self, learners: list[Learner]) -> Iterator[str]:
        """Where the gradebook and the grades for other programs say something else than the learners know."""
        office = Office(self._folder / "workshop")
        self._book = book = Gradebook.of(office, [each.name for each in learners if each.on_roster])
        office.close()
        with (self._folder / "workshop/returned/grades.csv").open(encoding="utf-8", newline="") as file:
            totals = {row["learner"]: int(row["total"]) for row in csv.DictReader(file)}
        for learner in learners:
            row = book.marks.get(learner.name, {})
            found = {number: mark.result for number, mark in row.items()}
            if found != learner.results:
                yield f"{learner.name}: {found} instead of {learner.results}"
            if any(mark.late != learner.late for mark in row.values()):
                yield f"{learner.name}: late or not is wrong"
            if any(mark.earlier != learner.earlier for mark in row.values()):
                yield f"{learner.name}: earlier submissions are not {learner.earlier}"
            if totals.get(learner.name, 0) != list(learner.results.values()).count("PASS"):
                yield f"{learner.name}: the CSV says {totals.get(learner.name)}"

    def _wrong_lists(self, learners: list[Learner], said: str) -> Iterator[str]:
        """Where the lists of what somebody has to look at are wrong."""
        book = self._book
        if book.missing != sorted(each.name for each in learners if each.on_roster and not each.handed_in):
            yield f"missing: {book.missing}"
        if book.strangers != sorted(each.name for each in learners if not each.on_roster):
            yield f"strangers: {book.strangers}"
        if book.dead_letters:
            yield f"dead letters: {book.dead_letters}"
        for learner in learners:
            reasons = [event.reason for event in book.set_aside if event.learner == learner.name]
            if not learner.aside and reasons:
                yield f"{learner.name}: set aside: {reasons}"
            if learner.aside and not any(learner.aside in reason for reason in reasons):
                yield f"{learner.name}: nothing with {learner.aside!r} was set aside, but {reasons}"
            if learner.aside and learner.name not in said:
                yield f"{learner.name}: collect has not said what it set aside"
            if learner.same_as and not any(
                {learner.name, learner.same_as} <= set(each.learners) for each in book.alike
            ):
                yield f"{learner.name}: not found to be like {learner.same_as}"


def main() -> int:
    """Hold it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.workshop.rehearsal", description=__doc__)
    parser.add_argument("--learners", type=int, default=30, metavar="N")
    parser.add_argument("--lessons", nargs="+", default=["00", "01"], metavar="NN", help="worked on (00 01)")
    parser.add_argument("--runs", type=int, default=1_000, metavar="N", help="notebooks really run (all)")
    parser.add_argument("--seed", type=int, default=30)
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="keep everything there, in a new folder")
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = options.to or Path(temporary)
        folder.mkdir(parents=True, exist_ok=options.to is None)
        wrong = Rehearsal(folder, options.lessons, options.learners, options.runs, options.seed).hold()
    print("\n".join(wrong) or f"The gradebook says what {options.learners} learners know of their work.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
