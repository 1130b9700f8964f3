"""Worker processes that grade, one text each at a time; one that dies takes nothing with it.

A worker runs the referee, which runs submissions in confined processes of their own. Should
a text end or hang its worker all the same, the text is tried once more, and then given up.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic, sleep

from sandbox.errors import NotSupportedHere
from sandbox.grading.card import card
from sandbox.referee import Referee
from sandbox.workshop.events import CellGraded, GradingGivenUp
from sandbox.workshop.office import Cell

ATTEMPTS = 2  # of one text
SECONDS_MAX = 300  # of a verdict, on a busy machine
LAST_BREATH_S = 0.02  # from a killed process's last connection to its end
Judged = tuple[CellGraded | GradingGivenUp, str]


def work(connection: Connection, levels: Sequence[str]) -> None:
    """What a worker does: grade what comes, until nothing comes any more."""
    try:
        referee = Referee(levels)
    except NotSupportedHere as reason:
        connection.send(reason)
        return
    with suppress(EOFError, ConnectionError):  # whoever has asked is gone
        while True:
            cell: Cell = connection.recv()
            verdict = referee.grade(cell.exercise, cell.source)
            if verdict.result == "UNKNOWN":
                sleep(LAST_BREATH_S)
            if verdict.result != "PASS" and not referee.is_alive:
                break  # killed from outside, and not by the text: that is no verdict
            graded = CellGraded(
                cell.cell,
                cell.exercise,
                verdict.result,
                verdict.invariant,
                verdict.story,
                verdict.misconception,
                verdict.confinement,
                round(verdict.seconds, 3),
            )
            connection.send((graded, card(verdict)))
    referee.close()


@dataclass
class _Worker:
    """One process, and what it is at."""

    process: object
    connection: Connection
    cell: Cell | None = None
    since: float = 0.0

    def end(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()


class Workers:
    """So many processes. Use it in a `with` block."""

    def __init__(self, count: int, levels: Sequence[str]) -> None:
        self._context = get_context("spawn")
        self._levels = levels
        self._count = count
        self._workers: list[_Worker] = []

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *exc: object) -> None:
        for worker in self._workers:
            worker.end()

    def grade(self, cells: Sequence[Cell]) -> Iterator[Judged]:
        """The verdicts, as they come. Raises `NotSupportedHere` where submissions can't be confined."""
        left, attempts = deque(cells), dict.fromkeys((cell.cell for cell in cells), 0)
        while left or any(worker.cell for worker in self._workers):
            self._hand_out(left, attempts)
            for worker, answer in self._answers():
                cell, worker.cell = worker.cell, None
                if isinstance(answer, Exception):
                    raise answer
                if answer:
                    yield answer
                    continue
                worker.end()
                self._workers.remove(worker)
                if attempts[cell.cell] < ATTEMPTS:
                    left.append(cell)
                else:
                    reason = (
                        f"{ATTEMPTS} workers have died, or were stopped after {SECONDS_MAX} seconds, over it"
                    )
                    yield GradingGivenUp(cell.cell, cell.exercise, reason), ""

    def _hand_out(self, left: deque[Cell], attempts: dict[str, int]) -> None:
        while left and (worker := self._idle()):
            cell = left.popleft()
            attempts[cell.cell] += 1
            worker.cell, worker.since = cell, monotonic()
            with suppress(BrokenPipeError, ConnectionResetError):  # it has died; `_answers` sees it
                worker.connection.send(cell)

    def _idle(self) -> _Worker | None:
        """A worker with nothing to do, started if need be."""
        if found := next((worker for worker in self._workers if not worker.cell), None):
            return found
        if len(self._workers) >= self._count:
            return None
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs, self._levels))
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _answers(self) -> list[tuple[_Worker, object]]:
        """Who has answered, and what; nothing, where a worker has died or takes too long."""
        busy = [worker for worker in self._workers if worker.cell]
        ready = wait([worker.connection for worker in busy], timeout=1.0)
        found: list[tuple[_Worker, object]] = []
        for worker in busy:
            if worker.connection in ready:
                try:
                    found.append((worker, worker.connection.recv()))
                except (EOFError, ConnectionResetError):
                    found.append((worker, None))
            elif monotonic() - worker.since > SECONDS_MAX:
                found.append((worker, None))
        return found
