"""Learners who solve and fail like people do: what each hands in, and what has to come of it.

Each takes the notebooks of the package that was handed out and fills in cells. What they know of
their own work is what the gradebook has to say in the end.
"""

import copy
import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sandbox.course import lesson_folder
from sandbox.grading.cells import MARK
from sandbox.workshop.similar import shape_of

HOUR = timedelta(hours=1)
Notebook = dict
Runs = Callable[[Notebook], Notebook]


@dataclass
class Learner:
    """One of the class, and what the teacher has to find."""

    name: str
    results: dict[str, str] = field(default_factory=dict)  # by exercise
    late: bool = False
    earlier: int = 0  # submissions before the one that counts
    aside: str = ""  # a part of the reason for which something was set aside
    on_roster: bool = True
    handed_in: bool = True
    same_as: str = ""  # whose text it is, to the letter or but for the names


class Desk:
    """The exercises as they were handed out, the solutions people find, and where they hand in."""

    def __init__(
        self,
        exercises: Mapping[str, Notebook],
        place: Path,
        deadline: datetime,
        dice: random.Random,
        runs: Runs,
    ) -> None:
        self._stubs = exercises
        self._place = place
        self._deadline = deadline
        self._dice = dice
        self._runs = runs
        self.numbers = sorted(number for notebook in exercises.values() for number in _cells(notebook))

    def solution(self, exercise: str, kind: str) -> str:
        """Somebody's idea of it: `right` or `wrong`."""
        folder = lesson_folder(exercise[:2]) / kind
        paths = sorted(folder.glob(f"{exercise.replace('.', '_')}_*.py"))
        return self._dice.choice(paths).read_text(encoding="utf-8")

    def work(self, texts: Mapping[str, str]) -> dict[str, Notebook]:
        """The notebooks with these cells filled in, run from the top as a learner does."""
        return {name: self._runs(_filled(stub, texts)) for name, stub in self._stubs.items()}

    def hand_in(self, name: str, data: bytes, *, hours: float = -24) -> None:
        """Put a file there, so many hours after the deadline."""
        path = self._place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        at = (self._deadline + hours * HOUR).timestamp()
        os.utime(path, (at, at))

    def hand_in_all(self, folder: str, notebooks: Mapping[str, Notebook], *, hours: float = -24) -> None:
        """Hand in each of the notebooks under its own name."""
        for name, notebook in notebooks.items():
            self.hand_in(f"{folder}/{name}", _bytes(notebook), hours=hours)


Way = Callable[[Desk, Learner, dict[str, "Texts"]], None]
Texts = dict[str, str]


def solves(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """All of it, at once."""
    _do(desk, me, others, "right")
    desk.hand_in_all(me.name, desk.work(others[me.name]))


def tries_until_it_passes(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Wrong first, run, read, mended; only the last state is handed in."""
    desk.work({number: desk.solution(number, "wrong") for number in desk.numbers})
    solves(desk, me, others)


def stays_wrong(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Believes something that is not so, and hands it in."""
    _do(desk, me, others, "wrong")
    desk.hand_in_all(me.name, desk.work(others[me.name]))


def gives_up(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """The first exercise, and then the stubs as they are."""
    first, *rest = desk.numbers
    others[me.name] = {first: desk.solution(first, "right")}
    me.results = {first: "PASS"} | dict.fromkeys(rest, "UNKNOWN")
    desk.hand_in_all(me.name, desk.work(others[me.name]))


def copies(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Somebody else's, to the letter."""
    _copy(desk, me, others, lambda text: text)


def copies_and_says_so_in_a_comment(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Somebody else's, with a comment more."""
    _copy(desk, me, others, lambda text: f"# my own work\n{text}")


def is_late(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Right, two hours after the deadline."""
    _do(desk, me, others, "right")
    me.late = True
    desk.hand_in_all(me.name, desk.work(others[me.name]), hours=2)


def renames(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """As a file that a mail program has named."""
    _do(desk, me, others, "right")
    for number, notebook in enumerate(desk.work(others[me.name]).values()):
        desk.hand_in(f"{me.name}/final version ({number}).ipynb.txt", _bytes(notebook))


def hands_in_a_zip(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Everything in one archive, named after its owner."""
    _do(desk, me, others, "right")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for name, notebook in desk.work(others[me.name]).items():
            written.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 12, 0, 0)), _bytes(notebook))
    desk.hand_in(f"{me.name}.zip", archive.getvalue())


def hands_in_half_a_file(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """The laptop died while it was saving: no JSON."""
    _do(desk, me, others, "right")
    me.results, me.aside = {}, "no notebook that can be read"
    for name, notebook in desk.work(others[me.name]).items():
        data = _bytes(notebook)
        desk.hand_in(f"{me.name}/{name}", data[: len(data) // 2])


def hands_in_twice(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Wrong on Monday, right on Tuesday; the last one counts."""
    wrong = {number: desk.solution(number, "wrong") for number in desk.numbers}
    desk.hand_in_all(f"{me.name}/monday", desk.work(wrong), hours=-48)
    _do(desk, me, others, "right")
    me.earlier = 1
    desk.hand_in_all(f"{me.name}/tuesday", desk.work(others[me.name]), hours=-24)


def mistypes(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """One exercise has another number than any exercise has."""
    _do(desk, me, others, "right")
    notebooks = desk.work(others[me.name])
    first = desk.numbers[0]
    del me.results[first]
    me.aside = f"{first}1"
    for notebook in notebooks.values():
        for cell in notebook["cells"]:
            cell["source"] = cell["source"].replace(f"%%exercise {first}", f"%%exercise {first}1")
    desk.hand_in_all(me.name, notebooks)


def stays_away(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Is on the roster, and hands in nothing."""
    me.handed_in = False


def comes_from_elsewhere(desk: Desk, me: Learner, others: dict[str, Texts]) -> None:
    """Is not on the roster."""
    me.on_roster = False
    solves(desk, me, others)


WAYS: tuple[Way, ...] = (
    solves,
    stays_wrong,
    tries_until_it_passes,
    gives_up,
    copies,
    is_late,
    renames,
    hands_in_a_zip,
    hands_in_half_a_file,
    hands_in_twice,
    copies_and_says_so_in_a_comment,
    mistypes,
    stays_away,
    comes_from_elsewhere,
)


def a_class(desk: Desk, count: int) -> list[Learner]:
    """So many learners, who go these ways in turn, and have handed in."""
    learners: list[Learner] = []
    texts: dict[str, Texts] = {}
    for number in range(count):
        way = WAYS[number % len(WAYS)]
        me = Learner(f"{number:02}-{way.__name__.replace('_', '-')}")
        way(desk, me, texts)
        learners.append(me)
    return learners


def _do(desk: Desk, me: Learner, others: dict[str, Texts], kind: str) -> None:
    """Fill in all exercises, and know what they are worth. A name in each text makes it one's own."""
    mine = {number: f"# {me.name}\n{desk.solution(number, kind)}" for number in desk.numbers}
    others[me.name] = mine
    me.results = dict.fromkeys(mine, "PASS" if kind == "right" else "FAIL")


def _copy(desk: Desk, me: Learner, others: dict[str, Texts], change: Callable[[str], str]) -> None:
    whose = next(name for name in others if "solves" in name)
    others[me.name] = {number: change(text) for number, text in others[whose].items()}
    me.results = dict.fromkeys(others[me.name], "PASS")
    if any(map(shape_of, others[me.name].values())):  # short texts are alike by themselves
        me.same_as = whose
    desk.hand_in_all(me.name, desk.work(others[me.name]))


def _cells(notebook: Notebook) -> dict[str, dict]:
    """The cells with exercises, by number."""
    found = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and (mark := MARK.match("".join(cell["source"]))):
            found[mark[1]] = cell
    return found


def _filled(stub: Notebook, texts: Mapping[str, str]) -> Notebook:
    made = copy.deepcopy(stub)
    for cell in made["cells"]:
        cell["source"] = "".join(cell["source"])
    for number, cell in _cells(made).items():
        if number in texts:
            cell["source"] = f"%%exercise {number}\n{texts[number]}"
    return made


def _bytes(notebook: Notebook) -> bytes:
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()
