"""The referee's hostile set mixed into a class: `python -m tests.workshop.hostile_class` (Linux).

First the honest ones are graded alone, then with the hostile ones among them, in the same workers.
Every honest submission has to keep its grade, and no hostile one may pass. What was graded, and
how, is written to a log.
"""

import argparse
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.course import lesson_folder
from sandbox.grading.cells import MARK
from sandbox.workshop import Gradebook, Office, find, grade_all
from tests.workshop.conftest import notebook

HERE = Path(__file__).parent
HOSTILE = sorted(HERE.parent.glob("referee/hostile/*.py"))
HOSTILE_ANSWERS = sorted(HERE.parent.glob("referee/hostile_answers/*.py"))
EXERCISE = "08.2"  # of the hostile ones that don't say for which they are
WRONG = lesson_folder("08") / "wrong" / "08_2_in_memory.py"
HONEST = ("00.1", "01.1", EXERCISE)


@dataclass
class Outcome:
    """What became of the class."""

    honest: int = 0
    hostile: int = 0
    changed: list[str] = field(default_factory=list)  # honest ones with another grade than alone
    wrongly_graded: list[str] = field(default_factory=list)  # honest ones, alone
    gained: list[str] = field(default_factory=list)  # hostile ones with a point
    lines: list[str] = field(default_factory=list)  # the log

    @property
    def is_well(self) -> bool:
        """Has everybody got what is due?"""
        return not (self.changed or self.wrongly_graded or self.gained)


def hostile_ones() -> dict[str, tuple[str, str]]:
    """By name: the exercise, and a text that solves nothing and means harm."""
    found = {}
    for path in HOSTILE:
        source = path.read_text(encoding="utf-8")
        if "def relay" not in source and "relay =" not in source:
            source += WRONG.read_text(encoding="utf-8")
        found[f"eve-{path.stem}"] = (EXERCISE, source)
    for path in HOSTILE_ANSWERS:
        source = path.read_text(encoding="utf-8")
        found[f"mallory-{path.stem}"] = (source.removeprefix("# ")[:4], source)
    return found


def honest_ones(count: int, dice: random.Random) -> dict[str, tuple[str, str, str]]:
    """By name: the exercise, a text, and the result it deserves. About half of them are right."""
    found = {}
    for number in range(count):
        exercise, kind = dice.choice(HONEST), dice.choice(("right", "wrong"))
        paths = sorted((lesson_folder(exercise[:2]) / kind).glob(f"{exercise.replace('.', '_')}_*.py"))
        path = dice.choice(paths)
        text = f"# honest {number}\n{path.read_text(encoding='utf-8')}"
        found[f"honest-{number:03}"] = (exercise, text, "PASS" if kind == "right" else "FAIL")
    return found


def run(honest: dict, hostile: dict, workers: int, quiet: bool) -> Outcome:
    """Grade the honest ones alone, then all of them, and compare."""
    with TemporaryDirectory() as folder:
        alone = _graded(Path(folder) / "alone", honest, workers, quiet)
        among = _graded(Path(folder) / "among", honest | hostile, workers, quiet)
    outcome = Outcome(len(honest), len(hostile))
    for name, (exercise, *_, wanted) in honest.items():
        outcome.lines.append(
            f"{name}: {exercise} deserves {wanted}, alone {alone[name]}, among {among[name]}"
        )
        if alone[name] != wanted:
            outcome.wrongly_graded.append(name)
        if among[name] != alone[name]:
            outcome.changed.append(name)
    for name, (exercise, _) in hostile.items():
        outcome.lines.append(f"{name}: {exercise} {among[name]}")
        if among[name] == "PASS":
            outcome.gained.append(name)
    counts = Counter(among[name] for name in hostile)
    outcome.lines.append(
        f"{outcome.honest} honest: {len(outcome.changed)} changed, {len(outcome.wrongly_graded)} wrongly "
        f"graded alone. {outcome.hostile} hostile: {len(outcome.gained)} gained a point "
        f"({', '.join(f'{count} {result}' for result, count in sorted(counts.items()))})."
    )
    return outcome


def _graded(folder: Path, texts: dict, workers: int, quiet: bool) -> dict[str, str]:
    """Each learner's result; texts are handed in as notebooks, in an order that mixes them."""
    place = folder / "handed-in"
    place.mkdir(parents=True)
    for name, (exercise, text, *_) in texts.items():
        if MARK.search(text):
            raise ValueError(f"{name} has a %%exercise line of its own")
        cell = {f"e{exercise.replace('.', '_')}": text}
        (place / f"{name}.ipynb").write_text(notebook(**cell), encoding="utf-8", errors="surrogatepass")
    office = Office(folder / "office")
    office.receive(find(place))
    grade_all(office, workers, quiet=quiet)
    marks = Gradebook.of(office).marks
    office.close()
    return {name: marks[name][exercise].result for name, (exercise, *_) in texts.items()}


def main() -> int:
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.workshop.hostile_class", description=__doc__)
    parser.add_argument("--class-size", type=int, default=100, metavar="N", help="all together (100)")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--seed", type=int, default=8, help="of who is honest in which way")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write the log here, too")
    options = parser.parse_args()
    hostile = hostile_ones()
    count = options.class_size - len(hostile)
    if count < 1:
        parser.error(f"there are {len(hostile)} hostile submissions; the class has to be larger than that.")
    outcome = run(honest_ones(count, random.Random(options.seed)), hostile, options.workers, quiet=False)
    text = "\n".join(outcome.lines) + "\n"
    print(text)
    if options.log:
        options.log.write_text(text, encoding="utf-8")
    return 0 if outcome.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
