"""Ten million events of one account: written, replayed, and loaded from a snapshot.

    python -m benchmarks.ten_million
    python -m benchmarks.ten_million --events 1000000 --folder build/history

With the store, the repository and the snapshots that the lessons use, and nothing else.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil
from tqdm import tqdm

from benchmarks.event_store import ACCOUNT, Account, Deposited
from sandbox.patterns import Repository, Snapshots
from sandbox.store import SqliteDatabase, SqliteEventStore

STREAM = "account-ada"
BATCH = 1_000
RESULTS = Path(__file__).with_name("results") / "ten_million.md"


class Peak:
    """The most memory that this process has held, in megabytes."""

    def __init__(self) -> None:
        self._process, self.mb = psutil.Process(), 0.0

    def look(self) -> None:
        self.mb = max(self.mb, self._process.memory_info().rss / 1e6)


def write(store: SqliteEventStore, events: int, peak: Peak) -> None:
    """Append what is still missing, so that a second run begins with the history that is there."""
    there = store.version(STREAM)
    with tqdm(total=events, initial=there, unit=" events", desc="written") as bar:
        for start in range(there, events, BATCH):
            batch = [Deposited("ada", n) for n in range(start, min(start + BATCH, events))]
            store.append(STREAM, batch, expected_version=start)
            bar.update(len(batch))
            peak.look()


def replay(store: SqliteEventStore, peak: Peak) -> Account:
    """The account by all its events, from the first one on."""
    account, evolve = ACCOUNT.initial, ACCOUNT.evolve
    for stored in tqdm(store.read(STREAM), total=store.version(STREAM), unit=" events", desc="replayed"):
        account = evolve(account, stored.event)
        if stored.version % 100_000 == 0:
            peak.look()
    return account


def main() -> None:
    """Measure, print, and write the result down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ten_million", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="keep the history there")
    options = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        text = measure(folder / "history.sqlite", options.events)
    print(text)
    if options.events == 10_000_000:
        RESULTS.write_text(text, encoding="utf-8")


def measure(path: Path, events: int) -> str:
    """A history of so many events at `path`; what it takes to know the balance."""
    peak, start = Peak(), perf_counter()
    with SqliteDatabase(path) as db:
        store = SqliteEventStore(db)
        write(store, events, peak)
        written, start = perf_counter() - start, perf_counter()
        account = replay(store, peak)
        replayed, start = perf_counter() - start, perf_counter()
        assert account.cents == events * (events - 1) // 2
        snapshots = Snapshots(db, Account)
        last = next(store.read(STREAM, after=events - 1))
        snapshots.save(account, last)
        store.append(STREAM, [Deposited("ada", 1)] * 50, expected_version=events)
        start = perf_counter()
        loaded = Repository(store, ACCOUNT, snapshots).load(STREAM)
        from_snapshot = perf_counter() - start
        peak.look()
    assert (loaded.state.cents, loaded.replayed) == (account.cents + 50, 50)
    return (
        f"{events:,} events of one stream, {path.stat().st_size / 1e9:.1f} GB:\n"
        f"  written in {written:,.0f} s, {events / written:,.0f} a second\n"
        f"  replayed in {replayed:,.0f} s, {events / replayed:,.0f} a second\n"
        f"  loaded from a snapshot and the 50 events behind it in {from_snapshot * 1000:.1f} ms\n"
        f"  at most {peak.mb:,.0f} MB of memory (500 were allowed)\n"
    )


if __name__ == "__main__":
    sys.exit(main())
