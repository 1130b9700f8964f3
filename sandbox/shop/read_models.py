"""What is read: a page for each order, the numbers of the day, and the best-sellers.

They are built from the events of all services, which come in any order: the page keeps
the step that is farthest, not the last one that came.
"""

from collections.abc import Iterable

from sandbox.ports import Cache, Database
from sandbox.shop.messages import (
    CheckoutStarted,
    ItemsReserved,
    OrderCancelled,
    OrderShipped,
    OutOfStock,
    PaymentCaptured,
    PaymentFailed,
    ShipmentRefused,
)
from sandbox.shop.service import Message

STATUS = {  # of an order page: how far that is, and in words
    CheckoutStarted: (1, "started"),
    ItemsReserved: (2, "reserved"),
    PaymentCaptured: (3, "paid"),
    OrderCancelled: (4, "cancelled: given up"),
    OutOfStock: (5, "cancelled: out of stock"),
    PaymentFailed: (5, "cancelled: not paid"),
    ShipmentRefused: (5, "cancelled: can't be sent"),
    OrderShipped: (5, "shipped"),
}
PAGES = ("CREATE TABLE IF NOT EXISTS order_pages (order_id TEXT PRIMARY KEY, step INTEGER, status TEXT)",)
TURN = """
INSERT INTO order_pages VALUES (?, ?, ?) ON CONFLICT DO UPDATE
SET step = excluded.step, status = excluded.status WHERE excluded.step > step
"""
NUMBERS = (
    """CREATE TABLE IF NOT EXISTS counted (
        order_id TEXT, what TEXT, PRIMARY KEY (order_id, what)
    ) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sold (item TEXT PRIMARY KEY, count INTEGER NOT NULL)",
)
ADD_NUMBER = "INSERT INTO numbers VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value"
COUNT_ONCE = "INSERT INTO counted VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING what"
ADD_SOLD = "INSERT INTO sold VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
BEST_SELLERS = "best-sellers"


def turn_page(db: Database, message: Message) -> Iterable[Message]:
    """Show how far the order is."""
    db.execute(TURN, [message.order_id, *STATUS[type(message)]])
    return []


def count(db: Database, message: Message) -> Iterable[Message]:
    """Add to the numbers of the day, once for each order and kind of fact.

    The inbox knows a message that comes twice. But a service that is asked twice answers
    twice: two messages, and one fact. So what is counted goes by the order.
    """
    what = type(message).__name__
    if not db.execute(COUNT_ONCE, [message.order_id, what]):
        return []
    db.execute(ADD_NUMBER, [what, 1])
    if isinstance(message, OrderShipped):
        db.execute(ADD_NUMBER, ["revenue in cents", message.order.cents])
        for line in message.order.lines:
            db.execute(ADD_SOLD, [line.item, line.count])
    return []


def show_best_sellers(db: Database, cache: Cache) -> None:
    """Have the sorted set in the cache say what the table says.

    No transaction reaches both. So the cache is told how many there are, and not that there
    is one more: told twice, or after a crash, it is right all the same.
    """
    if sold := {row["item"]: row["count"] for row in db.execute("SELECT * FROM sold")}:
        cache.zadd(BEST_SELLERS, sold)
