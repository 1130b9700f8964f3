"""`workshop grade --bus` and `workshop worker`: grading on several machines, from a terminal."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence

from tqdm import tqdm

from sandbox.errors import BrokerUnreachable
from sandbox.referee import CONFINED, LEVELS, Referee
from sandbox.workshop.fleet.coordinator import Coordinator
from sandbox.workshop.fleet.graders import Graders
from sandbox.workshop.fleet.messages import open_bus
from sandbox.workshop.fleet.worker import Worker
from sandbox.workshop.office import Office

PAUSE_S = 0.2
LONELY_S = 20.0  # without any news, from which on we ask whether there is a worker
AWAY_S = 120.0  # that a broker may be away before a command ends


class Patience:
    """Calls again, for a while, where the broker does not answer."""

    def __init__(self, say: Callable[[str], object], seconds: float = AWAY_S) -> None:
        self._say, self._seconds = say, seconds
        self._since = 0.0

    def call(self, what: Callable[[], object]) -> bool:
        """Do it; was there an answer? Raises `BrokerUnreachable` once there was none for too long."""
        try:
            what()
        except BrokerUnreachable as error:
            now = time.monotonic()
            if not self._since:
                self._since = now
                self._say(f"{error} Trying again for {self._seconds:.0f} seconds; nothing is lost.")
            if now - self._since > self._seconds:
                raise
            time.sleep(1)
            return False
        self._since = 0.0
        return True


def grade_by_workers(office: Office, url: str, quiet: bool = False) -> tuple[int, int]:
    """Bring all texts to a verdict by the workers at `url`; how many were graded, how many given up.

    It can be killed anywhere and started again. Raises `UsageError`, `BrokerUnreachable`.
    """
    bus = open_bus(url)
    try:
        coordinator = Coordinator(bus, office)
        with tqdm(total=coordinator.total, unit="text", disable=quiet) as shown:
            patience, heard, told = Patience(tqdm.write), time.monotonic(), False
            while not patience.call(coordinator.begin):
                pass
            while coordinator.left:
                patience.call(coordinator.turn)
                settled = coordinator.total - coordinator.left - shown.n
                if settled:
                    heard, told = time.monotonic(), False
                shown.set_postfix_str(f"{len(coordinator.workers)} workers heard of", refresh=False)
                shown.update(settled)
                if not told and time.monotonic() - heard > LONELY_S:
                    told = True
                    tqdm.write(
                        f"No verdict for {LONELY_S:.0f} seconds. Is a worker running? On any machine: "
                        f"python -m sandbox workshop worker --bus {url}"
                    )
                time.sleep(PAUSE_S if not settled else 0)
            shown.update(coordinator.total - coordinator.left - shown.n)
            while not patience.call(coordinator.clear):
                pass
        return coordinator.graded, coordinator.given_up
    finally:
        bus.close()


def worker(options: argparse.Namespace) -> int:
    """Grade what comes, until Ctrl-C; then finish what was begun."""
    levels = LEVELS if options.without_confinement else CONFINED
    Referee(levels).close()  # before anything is taken: can submissions be confined here?
    count = options.workers or os.cpu_count() or 1
    bus = open_bus(options.bus)
    stopping = _Stop()
    try:
        with Graders(count, levels) as graders:
            serve(Worker(bus, graders.submit, count + 1), stopping, options.idle)
    finally:
        bus.close()
    return 0


def serve(work: Worker, stopping: "_Stop", idle: float) -> None:
    """Take turns until told to stop, or until there was nothing to do for `idle` seconds."""
    print(f"{work.name} waits for texts. Ctrl-C ends it, after what it has begun.", file=sys.stderr)
    patience, last = Patience(lambda words: print(words, file=sys.stderr)), time.monotonic()
    while not (stopping.asked and not work.busy):
        patience.call(lambda: work.turn(take=not stopping.asked))
        if work.busy:
            last = time.monotonic()
        elif idle and time.monotonic() - last > idle:
            break
        time.sleep(PAUSE_S / 4)
    work.close()
    print(f"{work.name} has graded {work.graded} texts.", file=sys.stderr)


class _Stop:
    """Ctrl-C, or SIGTERM: the first asks to finish, the second ends at once."""

    def __init__(self, signals: Sequence[int] = (signal.SIGINT, signal.SIGTERM)) -> None:
        self.asked = False
        for number in signals:
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        print("Finishing what was begun; once more to end at once.", file=sys.stderr)


def add_worker(commands: argparse._SubParsersAction) -> None:
    """`worker`, with its options."""
    made = commands.add_parser("worker", help="grade for `grade --bus`, on this machine; as many as you like")
    made.add_argument("--bus", required=True, metavar="ADDRESS", help="kafka://host:port, as in grade --bus")
    made.add_argument("--workers", type=int, default=0, metavar="N", help="processes (one a core)")
    made.add_argument(
        "--idle", type=float, default=0, metavar="SECONDS", help="end after so long without work"
    )
    made.add_argument(
        "--without-confinement", action="store_true", help="code that you trust, where it can't be confined"
    )
    made.set_defaults(run=worker)
