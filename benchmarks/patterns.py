"""Relay, projection and sagas on the simulated bus, and where the time goes.

python -m benchmarks.patterns
"""

import cProfile
import platform
import pstats
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.event_store import Deposited
from sandbox import connect
from sandbox.patterns import Outbox, Projection, Relay
from sandbox.shop import open_shop
from sandbox.shop.customers import customers, shelves
from sandbox.store import SqliteDatabase, SqliteEventStore

ROUNDS = 5
EVENTS, ORDERS = 5_000, 500
RESULTS = Path(__file__).with_name("results") / "patterns.md"
Work = Callable[[], object]


def relay() -> Work:
    """Messages that wait in an outbox, published and forgotten one by one."""
    db, bus = SqliteDatabase(name="bank"), connect("sim://")
    bus.create_topic("deposits")
    outbox = Outbox(db)
    with db.transaction():
        for n in range(EVENTS):
            outbox.add("deposits", Deposited("ada", n), key="ada")
    return Relay(outbox, bus).run


def projection() -> Work:
    """Events of a store, taken into a table, each checkpoint in the transaction of its batch."""
    db = SqliteDatabase(name="bank")
    store = SqliteEventStore(db)
    store.append("ada", [Deposited("ada", n) for n in range(EVENTS)], expected_version=0)

    def add(db: SqliteDatabase, table: str, event: Deposited) -> None:
        db.execute(f"INSERT INTO {table} VALUES (?)", [event.cents])

    deposits = Projection(SqliteDatabase(name="reports"), "deposits", "cents INTEGER", {Deposited: add})
    return lambda: deposits.catch_up(store)


def shop(style: str) -> Callable[[], Work]:
    """Whole orders: every service, its inbox and outbox, and the read models."""

    def prepare() -> Work:
        made = open_shop(connect("sim://"), style, stock=shelves(ORDERS))
        for order_id, order in customers(ORDERS):
            made.place(order_id, order)
        return made.run

    return prepare


TASKS = {
    "relay, messages": (EVENTS, relay),
    "projection, events": (EVENTS, projection),
    "the shop as choreography, orders": (ORDERS, shop("choreography")),
    "the shop as orchestration (a saga each), orders": (ORDERS, shop("orchestration")),
}


def rate(count: int, prepare: Callable[[], Work]) -> float:
    """How many a second."""
    work = prepare()
    start = perf_counter()
    work()
    return count / (perf_counter() - start)


def top_lines(prepare: Callable[[], Work], lines: int = 4) -> list[str]:
    """The functions in which the most time is spent, with their share."""
    work, profile = prepare(), cProfile.Profile()
    profile.runcall(work)
    stats = pstats.Stats(profile).stats
    total = sum(entry[2] for entry in stats.values())
    ranked = sorted(stats.items(), key=lambda item: -item[1][2])[:lines]
    return [f"{entry[2] / total:4.0%}  {Path(file).name} {name}" for (file, _, name), entry in ranked]


def main() -> None:
    """Measure, print, and write the result down."""
    text = f"Python {platform.python_version()}; medians of {ROUNDS} rounds; databases in memory.\n"
    for name, (count, prepare) in TASKS.items():
        text += f"\n{name}: {median(rate(count, prepare) for _ in range(ROUNDS)):,.0f} a second\n"
        text += "".join(f"    {line}\n" for line in top_lines(prepare))
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
