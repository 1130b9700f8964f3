"""A day in the shop: so many orders, so many faults, and the books in the evening."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from sandbox.errors import UsageError
from sandbox.ports import Bus, Cache
from sandbox.shop.books import Books
from sandbox.shop.customers import customers, limits, shelves
from sandbox.shop.shop import Style, open_shop
from sandbox.sim import SimulatedGateway, UnreliableGateway
from sandbox.store import SqliteDatabase, SqliteGateway

BATCH = 100  # orders that come in before everyone works


@dataclass(frozen=True)
class Day:
    """What happened, and whether it balances."""

    faults: dict[str, int]  # that struck, by word
    timeouts: float  # the share of the provider's answers that got lost
    books: Books

    def __repr__(self) -> str:
        words = ", ".join(f"{count:,} {word}" for word, count in sorted(self.faults.items())) or "none"
        return f"faults  {words}; {self.timeouts:.0%} of the provider's answers lost\n{self.books!r}"


def run_day(
    bus: Bus,
    style: Style,
    orders: int,
    *,
    faults: float = 0.0,
    seed: int = 0,
    folder: Path | None = None,
    cache: Cache | None = None,
    progress: TextIO | None = sys.stderr,
) -> Day:
    """Sell `orders` orders. With the probability `faults` each step of the bus is struck by a fault
    (a crash, a duplicate, a delay, a call without an answer), and each call of the provider times out.

    Where `folder` has the files of an interrupted day, with the same seed, it goes on with it.
    """
    if not 0 <= faults <= 0.5:
        raise UsageError(f"the rate of faults is from 0 to 0.5, not {faults}: beyond that nothing gets done.")
    poor = limits(orders, seed)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    provider = (
        SqliteGateway(SqliteDatabase(folder / "provider.sqlite"), poor) if folder else SimulatedGateway(poor)
    )
    shop = open_shop(
        bus,
        style,
        folder=folder,
        gateway=UnreliableGateway(provider, faults, seed),
        cache=cache,
        stock=shelves(orders, seed),
    )
    if faults:
        bus.faults.randomly(faults, seed=seed)
    with tqdm(total=orders, unit=" orders", file=progress, disable=progress is None) as bar:
        for number, (order_id, order) in enumerate(customers(orders, seed), start=1):
            shop.place(order_id, order)
            if number % BATCH == 0 or number == orders:
                shop.run()
                bar.update(number - bar.n)
    struck: dict[str, int] = {}
    for fault in bus.faults.plan.faults:
        struck[fault.word] = struck.get(fault.word, 0) + 1
    day = Day(struck, faults, shop.books())
    shop.close()
    return day
