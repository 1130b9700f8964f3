"""Kill the grading again and again, at random moments, and see that the gradebook is the undisturbed one.

    python -m tests.workshop.kill_grading                          100 kills, one machine's pool
    python -m tests.workshop.kill_grading --kafka localhost:9092   100 kills, coordinator and two workers

A class hands in, batch by batch, as long as there is something to kill. The victim is the
run, one of its workers, or all of it at once; what is dead is started again. In the end
nobody is killed any more, and the gradebook is compared with that of an office that
nobody has disturbed.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from sandbox.course import LESSONS
from sandbox.referee import LEVELS
from sandbox.workshop import Gradebook, Office, find, grade_all
from sandbox.workshop.events import CellGraded
from sandbox.workshop.export import as_csv
from tests.workshop.conftest import notebook

SEED = 7
BATCH = 12  # texts that are handed in at once
EXERCISE = "01_1"  # a verdict takes milliseconds, so that kills strike all of the machinery
KEPT = sorted(LESSONS.glob(f"01_*/right/{EXERCISE}_*.py")) + sorted(
    LESSONS.glob(f"01_*/wrong/{EXERCISE}_*.py")
)
EARLY_S, LATE_S, PATIENCE_S = 2.0, 1.0, 20.0  # after a start; after a verdict; for a verdict
END_S = 600
COMMAND = [sys.executable, "-m", "sandbox", "workshop"]


@dataclass
class Loop:
    """What has happened so far."""

    kills: dict[str, int] = field(default_factory=dict)  # by victim
    texts: int = 0
    graded_while_killing: int = 0
    given_up_once: int = 0

    @property
    def total(self) -> int:
        return sum(self.kills.values())


class Class:
    """Learners who hand the same in at two offices."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.offices = {name: Office(folder / name) for name in ("calm", "killed")}
        self.count = 0

    def hand_in(self) -> None:
        place = self.folder / f"handed-in-{self.count}"
        place.mkdir()
        for _ in range(BATCH):
            source = KEPT[self.count % len(KEPT)].read_text(encoding="utf-8") + f"\n# {self.count}\n"
            text = notebook(**{f"e{EXERCISE}": source})
            (place / f"learner-{self.count:04d}.ipynb").write_text(text, encoding="utf-8")
            self.count += 1
        for office in self.offices.values():
            office.receive(find(place))

    def book(self, name: str) -> dict[str, object]:
        """The grades, and what every verdict says; without how long it took."""
        book = Gradebook.of(self.offices[name])
        verdicts = {
            who: [
                (m.exercise, m.result, m.graded.invariant, m.graded.story) for m in row.values() if m.graded
            ]
            for who, row in book.marks.items()
        }
        return {
            "csv": as_csv(book),
            "verdicts": verdicts,
            "dead": [letter.cell for letter in book.dead_letters],
        }


class Grading:
    """The processes of one way to grade. Each has a session of its own, and so a group to kill."""

    def __init__(self, folder: Path, kafka: str | None, run: str) -> None:
        self.log = (folder / "said.log").open("ab")
        grade = [*COMMAND, "grade", "--folder", str(folder / "killed")]
        loose = ["--without-confinement", "--workers"]
        self.commands = {"run": [*grade, *loose, "2"]}
        if kafka:
            bus = ["--bus", f"kafka://{kafka}/{run}"]
            work = [*COMMAND, "worker", *bus, *loose, "1"]
            self.commands = {"run": [*grade, *bus], "worker 1": work, "worker 2": work}
        self.alive: dict[str, subprocess.Popen] = {}

    def start_the_dead(self) -> None:
        for name, command in self.commands.items():
            if name not in self.alive or self.alive[name].poll() is not None:
                self.alive[name] = subprocess.Popen(
                    command, stdout=self.log, stderr=self.log, start_new_session=True
                )

    @property
    def is_done(self) -> bool:
        return self.alive["run"].poll() is not None

    def kill_one(self, dice: random.Random) -> str:
        """Kill somebody, at once; who that was."""
        name = dice.choice(sorted(self.alive))
        process = self.alive[name]
        children: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            children = processes_of(process.pid)
        way = dice.choice(["alone", "with all of its", "a child of"])
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            if way == "a child of" and children:
                dice.choice(children).kill()
                return f"a child of {name}"
            if way == "with all of its":
                for child in children:
                    with suppress(psutil.NoSuchProcess):
                        child.kill()
            process.kill()
            process.wait()
        return f"{name}, {way if way != 'a child of' else 'alone'}"

    def end(self) -> None:
        for process in self.alive.values():
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.log.close()


def run(
    folder: Path,
    kills: int,
    *,
    kafka: str | None = None,
    seed: int = SEED,
    say: Callable = lambda words: None,
) -> Loop:
    """Kill so many times, then let it end; raises `AssertionError` where the two gradebooks differ."""
    loop, dice, room = Loop(), random.Random(seed), Class(folder)
    room.hand_in()
    grading = Grading(folder, kafka, f"kill{os.getpid()}x{seed}")
    killed = room.offices["killed"]
    try:
        while loop.total < kills:
            grading.start_the_dead()
            wait_a_moment(grading, killed, dice)
            if grading.is_done:
                assert grading.alive["run"].returncode == 0, (folder / "said.log").read_text()[-2000:]
                room.hand_in()
                continue
            victim = grading.kill_one(dice)
            loop.kills[victim] = loop.kills.get(victim, 0) + 1
            look(killed)
            if loop.total % 10 == 0 or loop.total == kills:
                judged, letters = len(killed.judged()), len(killed.dead_letters())
                say(
                    f"{loop.total:>4} kills; {judged} of {room.count} texts judged, {letters} given up so far"
                )
        loop.texts, loop.graded_while_killing = room.count, len(killed.events(CellGraded))
        until = time.monotonic() + END_S
        while True:
            grading.start_the_dead()
            while not grading.is_done:
                assert time.monotonic() < until, "it has not ended"
                time.sleep(0.1)
            assert grading.alive["run"].returncode == 0, (folder / "said.log").read_text()[-2000:]
            if not killed.waiting() and not killed.dead_letters():
                break
            loop.given_up_once += len(killed.dead_letters())
    finally:
        grading.end()
    grade_all(room.offices["calm"], 2, LEVELS, quiet=True)
    look(killed)
    assert room.book("killed") == room.book("calm"), difference(room)
    for office in room.offices.values():
        office.close()
    return loop


def processes_of(pid: int) -> list[psutil.Process]:
    """Its workers, and the processes of their referees that all confined ones come from.

    The confined ones are left alone: to their referee, what ends one is what its text has done.
    """
    workers = psutil.Process(pid).children()
    return workers + [nursery for worker in workers for nursery in worker.children()]


def wait_a_moment(grading: Grading, office: Office, dice: random.Random) -> None:
    """Until shortly after the start, where everything begins, or until shortly after the next verdict."""
    if dice.random() < 1 / 3:
        time.sleep(dice.uniform(0, EARLY_S))
        return
    before, until = len(office.judged()), time.monotonic() + PATIENCE_S
    while len(office.judged()) == before and not grading.is_done and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(dice.uniform(0, LATE_S))


def look(office: Office) -> None:
    """No text has two verdicts."""
    cells = [event.cell for event in office.events(CellGraded)]
    assert len(cells) == len(set(cells)), sorted(cells)


def difference(room: Class) -> str:
    """What is not the same, in short."""
    calm, killed = room.book("calm"), room.book("killed")
    return json.dumps(
        {
            who: [calm["verdicts"][who], row]
            for who, row in killed["verdicts"].items()
            if row != calm["verdicts"][who]
        }
    )[:2000]


def main() -> None:
    """The loop, with a log."""
    parser = argparse.ArgumentParser(prog="python -m tests.workshop.kill_grading", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--kafka", metavar="HOST:PORT", help="a coordinator and two workers there, not a pool here"
    )
    options = parser.parse_args()
    print(
        f"seed {options.seed}, {'Kafka at ' + options.kafka if options.kafka else 'the pool of one machine'}"
    )
    start = time.monotonic()
    with TemporaryDirectory() as folder:
        loop = run(
            Path(folder),
            options.kills,
            kafka=options.kafka,
            seed=options.seed,
            say=lambda w: print(w, flush=True),
        )
    for victim, count in sorted(loop.kills.items()):
        print(f"  {count:>3} × {victim}")
    print(
        f"{loop.total} kills in {time.monotonic() - start:.0f} s; {loop.texts} texts, "
        f"{loop.graded_while_killing} graded while killing, {loop.given_up_once} given up for a time; "
        "the gradebook equals that of an undisturbed run."
    )


if __name__ == "__main__":
    sys.exit(main())
