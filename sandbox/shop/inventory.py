"""Inventory: sets items aside for an order, and puts them back."""

from collections.abc import Iterable, Mapping

from sandbox.ports import Database
from sandbox.shop.messages import ItemsReleased, ItemsReserved, OutOfStock
from sandbox.shop.service import Message

TABLES = (
    """CREATE TABLE IF NOT EXISTS stock (
        item TEXT PRIMARY KEY, remaining INTEGER NOT NULL CHECK (remaining >= 0)
    )""",
    "CREATE TABLE IF NOT EXISTS reservations (order_id TEXT, item TEXT, count INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS reservations_by_order ON reservations (order_id)",
    "CREATE TABLE IF NOT EXISTS released (order_id TEXT PRIMARY KEY)",
)


def fill(db: Database, stock: Mapping[str, int]) -> None:
    """Put what there is on the shelves, where they are new."""
    db.execute_many("INSERT OR IGNORE INTO stock VALUES (?, ?)", stock.items())


def reserve(db: Database, message: Message) -> Iterable[Message]:
    """Set all lines aside, or none. What was released before it came is refused."""
    order_id, lines = message.order_id, message.order.lines
    if db.execute("SELECT 1 FROM released WHERE order_id = ?", [order_id]):
        return [OutOfStock(order_id, "released before it was reserved")]
    for line in lines:
        rows = db.execute("SELECT remaining FROM stock WHERE item = ?", [line.item])
        if not rows or rows[0]["remaining"] < line.count:
            return [OutOfStock(order_id, line.item)]
    for line in lines:
        db.execute("UPDATE stock SET remaining = remaining - ? WHERE item = ?", [line.count, line.item])
        db.execute("INSERT INTO reservations VALUES (?, ?, ?)", [order_id, line.item, line.count])
    return [ItemsReserved(order_id, message.order)]


def release(db: Database, message: Message) -> Iterable[Message]:
    """Put back what was set aside, if anything was."""
    order_id = message.order_id
    for row in db.execute("DELETE FROM reservations WHERE order_id = ? RETURNING item, count", [order_id]):
        db.execute("UPDATE stock SET remaining = remaining + ? WHERE item = ?", [row["count"], row["item"]])
    db.execute("INSERT OR IGNORE INTO released VALUES (?)", [order_id])
    return [ItemsReleased(order_id)]
