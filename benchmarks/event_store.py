"""The event store beside bare sqlite3 and the `eventsourcing` library: `python -m benchmarks.event_store`.

All three write WAL files with the same `synchronous` setting, on the same disk, in turn.
"""

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.__main__ import fetch_peers
from sandbox import Command, Event
from sandbox.patterns import Aggregate, Repository
from sandbox.store import SqliteDatabase, SqliteEventStore

ROUNDS = 5
ONE_BY_ONE, IN_BATCHES, BATCH = 3_000, 30_000, 100
ACCOUNTS, LENGTH = 300, 20  # whole aggregates: so many, of so many events
RESULTS = Path(__file__).with_name("results") / "event_store.md"
BARS = {  # what was asked: at least so many times the peer's rate
    ("appended one by one", "eventsourcing"): 3,
    ("appended one by one", "bare sqlite3"): 1 / 1.5,
    ("appended in batches of 100", "eventsourcing"): 2,
    ("aggregates saved", "eventsourcing"): 2,
    ("aggregates loaded", "eventsourcing"): 8,
}
Rates = dict[str, float]


@dataclass(frozen=True)
class Deposited(Event):
    """A small event: some fifty bytes."""

    account: str
    cents: int
    teller: str = "till-1"


@dataclass(frozen=True)
class Deposit(Command):
    """Asks for it."""

    account: str
    cents: int


@dataclass(frozen=True)
class Account:
    """What there is."""

    cents: int = 0


def evolve(account: Account, event: Event) -> Account:
    """One more deposit."""
    return Account(account.cents + event.cents)


ACCOUNT = Aggregate(Account(), lambda command, state: [Deposited(command.account, command.cents)], evolve)


def timed(count: int, call: Callable[[], object]) -> float:
    """How many a second."""
    start = perf_counter()
    call()
    return count / (perf_counter() - start)


def bare(folder: Path) -> Rates:
    """sqlite3 alone: the same bytes into the same columns, and JSON read back into dicts."""
    db = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, "
        "version INTEGER NOT NULL, envelope BLOB NOT NULL, data BLOB NOT NULL, UNIQUE (stream, version))"
    )
    add = "INSERT INTO events (stream, version, envelope, data) VALUES (?, ?, ?, ?)"
    envelope = json.dumps(
        {"id": "bank-1", "source": "bank", "type": "Deposited", "time": "2026-01-01T09:00:00Z"}
    )

    def row(n: int) -> tuple:
        data = {"account": "ada", "cents": n, "teller": "till-1"}
        return ("ada", n, envelope.encode(), json.dumps(data).encode())

    def one_by_one() -> None:
        for n in range(ONE_BY_ONE):
            db.execute(add, row(n))

    def in_batches() -> None:
        for start in range(ONE_BY_ONE, ONE_BY_ONE + IN_BATCHES, BATCH):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(add, map(row, range(start, start + BATCH)))
            db.execute("COMMIT")

    def replayed() -> None:
        for _, data in db.execute("SELECT envelope, data FROM events ORDER BY position"):
            json.loads(data)

    rates = {
        "appended one by one": timed(ONE_BY_ONE, one_by_one),
        "appended in batches of 100": timed(IN_BATCHES, in_batches),
        "replayed, decoded": timed(ONE_BY_ONE + IN_BATCHES, replayed),
    }
    db.close()
    return rates


def ours(folder: Path) -> Rates:
    """The course's store, and its repository."""
    store = SqliteEventStore(SqliteDatabase(folder / "ours.sqlite", synchronous="FULL"))

    def one_by_one() -> None:
        for n in range(ONE_BY_ONE):
            store.append("ada", [Deposited("ada", n)], expected_version=n)

    def in_batches() -> None:
        for start in range(ONE_BY_ONE, ONE_BY_ONE + IN_BATCHES, BATCH):
            events = [Deposited("ada", n) for n in range(start, start + BATCH)]
            store.append("ada", events, expected_version=start)

    rates = {
        "appended one by one": timed(ONE_BY_ONE, one_by_one),
        "appended in batches of 100": timed(IN_BATCHES, in_batches),
        "replayed, decoded": timed(ONE_BY_ONE + IN_BATCHES, lambda: list(store.read_all())),
    }
    accounts = Repository(store, ACCOUNT)

    def save() -> None:
        for number in range(ACCOUNTS):
            events = [Deposited(f"account-{number}", n) for n in range(LENGTH)]
            store.append(f"account-{number}", events, expected_version=0)

    def load() -> None:
        for number in range(ACCOUNTS):
            assert accounts.load(f"account-{number}").version == LENGTH

    rates["aggregates saved"] = timed(ACCOUNTS * LENGTH, save)
    rates["aggregates loaded"] = timed(ACCOUNTS * LENGTH, load)
    store.close()
    return rates


@cache
def their_account() -> type:
    """The account as the library wants it; it allows one class of a name."""
    from eventsourcing.domain import Aggregate as TheirAggregate
    from eventsourcing.domain import event

    class TheirAccount(TheirAggregate):
        def __init__(self) -> None:
            self.cents = 0

        @event("Deposited")
        def deposit(self, cents: int, teller: str = "till-1") -> None:
            self.cents += cents

    return TheirAccount


def library(folder: Path) -> Rates:
    """The `eventsourcing` library: its SQLite recorder, and its aggregates."""
    from uuid import uuid4

    from eventsourcing.application import Application
    from eventsourcing.persistence import StoredEvent
    from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

    account_class = their_account()
    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(folder / "library.sqlite")))
    recorder.create_table()
    stream = uuid4()

    def stored(n: int) -> StoredEvent:
        data = json.dumps({"account": "ada", "cents": n, "teller": "till-1"}).encode()
        return StoredEvent(originator_id=stream, originator_version=n, topic="Deposited", state=data)

    def one_by_one() -> None:
        for n in range(ONE_BY_ONE):
            recorder.insert_events([stored(n)])

    def in_batches() -> None:
        for start in range(ONE_BY_ONE, ONE_BY_ONE + IN_BATCHES, BATCH):
            recorder.insert_events([stored(n) for n in range(start, start + BATCH)])

    rates = {
        "appended one by one": timed(ONE_BY_ONE, one_by_one),
        "appended in batches of 100": timed(IN_BATCHES, in_batches),
    }
    os.environ["PERSISTENCE_MODULE"] = "eventsourcing.sqlite"
    os.environ["SQLITE_DBNAME"] = str(folder / "aggregates.sqlite")
    application = Application()
    made = []
    for _ in range(ACCOUNTS):
        account = account_class()
        for n in range(LENGTH - 1):
            account.deposit(n)
        made.append(account)

    def save() -> None:
        for account in made:
            application.save(account)

    def load() -> None:
        for account in made:
            assert application.repository.get(account.id).version == LENGTH

    rates["aggregates saved"] = timed(ACCOUNTS * LENGTH, save)
    rates["aggregates loaded"] = timed(ACCOUNTS * LENGTH, load)
    return rates


PEERS = {"ours": ours, "bare sqlite3": bare, "eventsourcing": library}


def measure() -> dict[str, dict[str, float]]:
    """The median rate of each task and peer, in turn."""
    rounds: dict[str, list[Rates]] = {peer: [] for peer in PEERS}
    for _ in range(ROUNDS):
        for peer, run in PEERS.items():
            with TemporaryDirectory() as folder:
                rounds[peer].append(run(Path(folder)))
    tasks = rounds["ours"][0]
    return {
        task: {peer: median(r[task] for r in found) for peer, found in rounds.items() if task in found[0]}
        for task in tasks
    }


def table(results: dict[str, dict[str, float]]) -> str:
    """Events a second; how ours compares, and what was asked."""
    lines = ["| events a second | " + " | ".join(PEERS) + " | ours is | asked |", "|---|--:|--:|--:|---|---|"]
    for task, rates in results.items():
        numbers = [f"{rates[peer]:,.0f}" if peer in rates else "" for peer in PEERS]
        times = {peer: rates["ours"] / rate for peer, rate in rates.items() if peer != "ours"}
        asked = [
            f"{'met' if times[peer] >= bar else 'NOT MET'}: {bar:.2g}× {peer}"
            for (what, peer), bar in BARS.items()
            if what == task
        ]
        ratios = ", ".join(f"{ratio:.2f}× {peer}" for peer, ratio in times.items())
        lines.append(f"| {task} | {' | '.join(numbers)} | {ratios} | {', '.join(asked)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the result down."""
    fetch_peers()
    text = (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores; "
        f"medians of {ROUNDS} rounds in turn; WAL, synchronous = FULL (as the library has it)."
        f"\n\n{table(measure())}\n"
    )
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
