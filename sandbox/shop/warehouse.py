"""The warehouse: ships, wherever it can. There is no way back from that."""

from collections.abc import Iterable

from sandbox.ports import Database
from sandbox.shop.messages import OrderShipped, ShipmentRefused
from sandbox.shop.service import Message

TABLES = ("CREATE TABLE IF NOT EXISTS shipments (order_id TEXT PRIMARY KEY, cents INTEGER NOT NULL)",)
NOT_SERVED = frozenset({"the Moon"})


def ship(db: Database, message: Message) -> Iterable[Message]:
    """Send it, where somebody drives there."""
    order_id, order = message.order_id, message.order
    if order.country in NOT_SERVED:
        return [ShipmentRefused(order_id, order.country)]
    known = db.execute("SELECT 1 FROM shipments WHERE order_id = ?", [order_id])
    if not known:  # asked again by an orchestrator that heard no answer: sent once, answered twice
        db.execute("INSERT INTO shipments VALUES (?, ?)", [order_id, order.cents])
    return [OrderShipped(order_id, order)]
