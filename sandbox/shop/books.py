"""The books: is everything that came in accounted for, to the cent and to the bag?"""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.ports import Charge
from sandbox.shop.read_models import BEST_SELLERS

if TYPE_CHECKING:
    from sandbox.shop.shop import Shop


@dataclass(frozen=True)
class Books:
    """What became of all orders. `problems` is empty where everything balances."""

    placed: int
    shipped: int
    cancelled: dict[str, int]  # by reason
    captured: int  # in cents, all of it
    refunded: int
    revenue: int  # of what was shipped
    stocked: int  # items, in the beginning
    sold: int
    remaining: int
    receipts: int
    problems: tuple[str, ...]

    @property
    def balance(self) -> bool:
        """Nothing lost, nothing twice, nothing left open."""
        return not self.problems

    def __repr__(self) -> str:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(self.cancelled.items()))
        lines = [
            f"orders  {self.placed:,} placed = {self.shipped:,} shipped + {sum(self.cancelled.values()):,} "
            f"cancelled ({reasons or 'none'})",
            f"money   {_euros(self.captured)} captured − {_euros(self.refunded)} refunded = "
            f"{_euros(self.revenue)} for what was shipped",
            f"stock   {self.stocked:,} in = {self.sold:,} sold + {self.remaining:,} left",
            f"mail    {self.receipts:,} receipts for {self.shipped:,} shipped",
            "It balances: nothing lost, nothing twice." if self.balance else "It does not balance:",
        ]
        return "\n".join(lines + [f"  {problem}" for problem in self.problems[:20]])


def audit(shop: "Shop") -> Books:
    """Go through every service's database, the provider's ledger and the read models."""
    rows = {
        "orders": shop.web.execute("SELECT * FROM orders"),
        "pages": _rows(shop, "pages", "SELECT * FROM order_pages"),
        "shipped": _rows(shop, "warehouse", "SELECT * FROM shipments"),
        "reserved": _rows(shop, "inventory", "SELECT * FROM reservations"),
        "remaining": _rows(shop, "inventory", "SELECT * FROM stock"),
        "mails": _rows(shop, "email", "SELECT * FROM mails"),
        "sold": _rows(shop, "analytics", "SELECT * FROM sold"),
    }
    shipped = {row["order_id"]: row["cents"] for row in rows["shipped"]}
    kept, captured, refunded = _money(shop)
    statuses = {row["order_id"]: row["status"] for row in rows["pages"]}
    cancelled = Counter(
        status.removeprefix("cancelled: ") for status in statuses.values() if status.startswith("cancelled")
    )
    problems = [
        *_order_problems(rows["orders"], statuses, shipped),
        *_money_problems(kept, shipped, rows["orders"]),
        *_stock_problems(shop.stock, rows["reserved"], rows["remaining"], shipped),
        *_mail_problems(rows["mails"], shipped),
        *_read_model_problems(shop, rows["sold"], rows["reserved"]),
        *_open_ends(shop),
    ]
    return Books(
        placed=len(rows["orders"]),
        shipped=len(shipped),
        cancelled=dict(cancelled),
        captured=captured,
        refunded=refunded,
        revenue=sum(shipped.values()),
        stocked=sum(shop.stock.values()),
        sold=sum(row["count"] for row in rows["reserved"]),
        remaining=sum(row["remaining"] for row in rows["remaining"]),
        receipts=len(rows["mails"]),
        problems=tuple(problems),
    )


def _rows(shop: "Shop", service: str, sql: str) -> list:
    return shop.services[service].db.execute(sql)


def _money(shop: "Shop") -> tuple[Counter, int, int]:
    """What the provider holds for each order, and how much it took and gave back in all."""
    kept, captured, refunded = Counter(), 0, 0
    for entry in shop.gateway.ledger:
        order_id = entry.idempotency_key.split(" ", 1)[1]
        if isinstance(entry, Charge):
            kept[order_id] += entry.cents
            captured += entry.cents
        else:
            kept[order_id] -= entry.cents
            refunded += entry.cents
    return kept, captured, refunded


def _order_problems(orders: list, statuses: dict, shipped: dict) -> list[str]:
    problems = []
    for order_id in (row["order_id"] for row in orders):
        status = statuses.get(order_id, "unknown to its page")
        if status != "shipped" and not status.startswith("cancelled"):
            problems.append(f"{order_id} has not ended: it is {status}")
        elif (status == "shipped") != (order_id in shipped):
            problems.append(f"{order_id} is {status!r} on its page, and the warehouse says otherwise")
    known = {row["order_id"] for row in orders}
    return problems + [
        f"{order_id} was shipped, and nobody ordered it" for order_id in shipped.keys() - known
    ]


def _money_problems(kept: Counter, shipped: dict, orders: list) -> list[str]:
    prices = {row["order_id"]: row["cents"] for row in orders}
    return [
        f"{order_id}: {_euros(cents)} kept, and {_euros(due)} due"
        for order_id in sorted({*kept, *shipped})
        if (cents := kept[order_id]) != (due := prices.get(order_id, 0) if order_id in shipped else 0)
    ]


def _stock_problems(stock: dict, reserved: list, remaining: list, shipped: dict) -> list[str]:
    sold = Counter()
    for row in reserved:
        sold[row["item"]] += row["count"]
    nobodys = {row["order_id"] for row in reserved} - shipped.keys()
    left = {row["item"]: row["remaining"] for row in remaining}
    return [
        *(f"{order_id} is not shipped, and has items set aside" for order_id in sorted(nobodys)),
        *(
            f"{order_id} is shipped, and nothing was set aside for it"
            for order_id in sorted(shipped.keys() - {row["order_id"] for row in reserved})
        ),
        *(
            f"{item}: {count} in, {sold[item]} sold, {left.get(item, 0)} left"
            for item, count in stock.items()
            if count != sold[item] + left.get(item, 0)
        ),
    ]


def _mail_problems(mails: list, shipped: dict) -> list[str]:
    receipts = Counter(row["order_id"] for row in mails if row["kind"] == "receipt")
    return [
        f"{order_id}: {receipts[order_id]} receipts"
        for order_id in sorted({*receipts, *shipped})
        if receipts[order_id] != (order_id in shipped)
    ]


def _read_model_problems(shop: "Shop", sold: list, reserved: list) -> list[str]:
    truth = Counter()
    for row in reserved:
        truth[row["item"]] += row["count"]
    counted = {row["item"]: row["count"] for row in sold}
    shown = {item: int(score) for item, score in shop.cache.zrange(BEST_SELLERS, 0, -1, withscores=True)}
    problems = []
    if counted != dict(truth):
        problems.append(f"analytics counts {counted} sold, and inventory {dict(truth)}")
    if shown != counted:
        problems.append(f"the best-sellers show {shown}, and analytics counts {counted}")
    return problems


def _open_ends(shop: "Shop") -> list[str]:
    problems = [
        f"{name} has still {waiting} messages to say"
        for name, service in shop.services.items()
        if (waiting := len(service.outbox))
    ]
    if shop.saga:
        problems += [
            f"the checkout of {order_id} is still {saga.phase}"
            for order_id, saga in shop.saga.states().items()
            if saga.phase in ("doing", "undoing")
        ]
    return problems


def _euros(cents: int) -> str:
    return f"{cents / 100:,.2f} €"
