"""Kill a shop again and again, at random moments, and see that nothing is lost or done twice.

    python -m tests.durability.kill_loop                          500 kills, the log in a file
    python -m tests.durability.kill_loop --kills 20 --kafka localhost:9092

A child process sells, pays through a provider with a file of its own, relays, projects and
runs sagas, and appends to an event store; it says on a pipe what it has acknowledged. Its
parent sends SIGKILL at a random moment, and starts it again on the same files. In the
end a last child finishes the work, and the books are audited.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.messages import Event
from sandbox.patterns import Projection
from sandbox.ports import Bus
from sandbox.shop import Books, open_shop
from sandbox.shop.customers import customers, limits, shelves
from sandbox.store import SqliteDatabase, SqliteEventStore, SqliteGateway
from tests.durability.file_bus import FileBus

SEED = 7
LONGEST_LIFE_S = 0.06  # of a child on the file bus
CUSTOMERS = 100_000  # more than a loop can serve


@dataclass(frozen=True)
class CupSold(Event, type="kill-loop.CupSold"):
    """What is appended to the event store, besides the shop's own work."""

    number: int


def count(db, table, event) -> None:
    """The projection: how many cups, and the sum of their numbers."""
    db.execute(f"INSERT INTO {table} VALUES (?)", [event.number])


@dataclass
class Loop:
    """What has happened so far."""

    kills: int = 0
    acknowledged: dict[str, int] = field(default_factory=lambda: {"placed": 0, "appended": 0})
    lives_without_work: int = 0
    books: Books | None = None


class Worker:
    """The child: does all the work there is, until it is killed."""

    def __init__(self, folder: Path, style: str, bus: Bus, say: Callable[[str], None]) -> None:
        provider = SqliteGateway(SqliteDatabase(folder / "provider.sqlite"), limits(2_000, SEED))
        self.bus, self.say = bus, say
        self.shop = open_shop(bus, style, folder=folder, gateway=provider, stock=shelves(2_000, SEED))
        self.store = SqliteEventStore(SqliteDatabase(folder / "events.sqlite"))
        cups = SqliteDatabase(folder / "cups.sqlite")
        self.cups = Projection(cups, "cups", "number INTEGER", {CupSold: count})

    def work(self) -> None:
        """Go on where the last one was stopped."""
        self.say("begun 0")
        placed = self.shop.web.execute("SELECT count(*) AS n FROM orders")[0]["n"]
        for number, (order_id, order) in enumerate(customers(CUSTOMERS, SEED), start=1):
            if number <= placed:
                continue
            self.shop.place(order_id, order)
            self.say(f"placed {number}")
            version = self.store.version("cups")
            self.store.append("cups", [CupSold(version + 1)], expected_version=version)
            self.say(f"appended {version + 1}")
            self.cups.catch_up(self.store)
            if number % 3 == 0:
                self.shop.run()

    def finish(self) -> Books:
        """Do what is left."""
        self.shop.run()
        self.cups.catch_up(self.store)
        return self.shop.books()


def open_bus(folder: Path, kafka: str | None) -> Bus:
    """The same bus in each life."""
    if kafka is None:
        return FileBus(folder / "bus.sqlite")
    from sandbox.adapters.kafka import KafkaBus

    return KafkaBus(kafka, run=f"kill{os.getppid()}")


def one_life(folder: Path, style: str, kafka: str | None, seconds: float) -> list[str]:
    """Start a child, kill it after so many seconds of work, and return what it has acknowledged."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            Worker(folder, style, open_bus(folder, kafka), lambda word: _write(writer, word)).work()
        except BaseException as error:  # the parent has to hear of it: it is the result of the test
            _write(writer, f"failed {error!r}")
        os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as lines:
        said = [lines.readline()]
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        said += lines.readlines()
    return [line.strip() for line in said if line.endswith("\n")]


def _write(pipe: int, word: str) -> None:
    os.write(pipe, f"{word}\n".encode())


def run(folder: Path, style: str, kills: int, *, kafka: str | None = None, say=lambda words: None) -> Loop:
    """Kill it so many times, look after each, and audit the books. Raises `AssertionError` for any loss."""
    loop, chance = Loop(), random.Random(SEED)
    for number in range(1, kills + 1):
        said = one_life(folder, style, kafka, chance.uniform(0, LONGEST_LIFE_S if kafka is None else 15))
        failed = [line for line in said if line.startswith("failed")]
        assert not failed, failed
        loop.kills += 1
        loop.lives_without_work += len(said) <= 1
        for line in said:
            what, count = line.split()
            if what in loop.acknowledged:
                loop.acknowledged[what] = int(count)
        look(folder, loop)
        if number % 50 == 0 or kafka or number == kills:
            say(f"{number:>4} kills survived; acknowledged so far: {loop.acknowledged}")
    worker = Worker(folder, style, open_bus(folder, kafka), lambda word: None)
    loop.books = worker.finish()
    assert loop.books.balance, loop.books
    assert loop.books.placed >= loop.acknowledged["placed"] > 0
    projected = [row["number"] for row in worker.cups.db.execute("SELECT number FROM cups ORDER BY rowid")]
    assert projected == [stored.event.number for stored in worker.store.read("cups")]
    worker.bus.close()
    return loop


def look(folder: Path, loop: Loop) -> None:
    """What was acknowledged is there; the stream has no gap; the read model has nothing twice."""
    with SqliteDatabase(folder / "web.sqlite") as web:
        (row,) = web.execute("SELECT count(*) AS n FROM orders")
    assert row["n"] >= loop.acknowledged["placed"], (row["n"], loop)
    with SqliteDatabase(folder / "events.sqlite") as db:
        numbers = [stored.event.number for stored in SqliteEventStore(db).read("cups")]
    assert numbers == list(range(1, len(numbers) + 1)), numbers
    assert len(numbers) >= loop.acknowledged["appended"], (len(numbers), loop)
    with SqliteDatabase(folder / "cups.sqlite") as db:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'cups'"):
            shown = [row["number"] for row in db.execute("SELECT number FROM cups ORDER BY rowid")]
            assert shown == numbers[: len(shown)], (shown[-3:], len(numbers))


def main() -> None:
    """The loop, with a log."""
    parser = argparse.ArgumentParser(prog="python -m tests.durability.kill_loop", description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--style", choices=("choreography", "orchestration"), default="orchestration")
    parser.add_argument("--kafka", metavar="HOST:PORT", help="on a real Kafka, not on a bus in a file")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        loop = run(Path(folder), options.style, options.kills, kafka=options.kafka, say=print)
    print(f"{loop.kills} kills, {loop.lives_without_work} of them before any work was done; all survived.")
    print(loop.books)


if __name__ == "__main__":
    sys.exit(main())
