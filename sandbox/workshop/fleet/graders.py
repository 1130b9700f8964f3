"""The processes of one machine that grade for a worker, each behind a thread that waits for it."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from sandbox.workshop.office import Cell
from sandbox.workshop.workers import Judged, Workers


class Graders:
    """So many texts at once. Use it in a `with` block."""

    def __init__(self, count: int, levels: Sequence[str]) -> None:
        self.count = count
        self._pools = [Workers(1, levels) for _ in range(count)]
        self._free: SimpleQueue[Workers] = SimpleQueue()
        for pool in self._pools:
            self._free.put(pool)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="grader")

    def submit(self, cell: Cell) -> Future[Judged]:
        """Have a text graded; the future gives its verdict, or why it was given up."""
        return self._threads.submit(self._grade, cell)

    def __enter__(self) -> "Graders":
        return self

    def __exit__(self, *exc: object) -> None:
        for pool in self._pools:  # what is at work ends with its process
            pool.__exit__()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _grade(self, cell: Cell) -> Judged:
        pool = self._free.get()
        try:
            return next(pool.grade([cell]))
        finally:
            self._free.put(pool)
