"""Email: what the customers get in writing. One mail of a kind for each order."""

from collections.abc import Callable, Iterable

from sandbox.ports import Database
from sandbox.shop.messages import ReceiptSent
from sandbox.shop.service import Message

TABLES = ("CREATE TABLE IF NOT EXISTS mails (order_id TEXT, kind TEXT, PRIMARY KEY (order_id, kind))",)


def send(kind: str, *, answer: bool = False) -> Callable[[Database, Message], Iterable[Message]]:
    """A rule that sends a mail, and says so where somebody waits for it."""

    def rule(db: Database, message: Message) -> Iterable[Message]:
        db.execute("INSERT OR IGNORE INTO mails VALUES (?, ?)", [message.order_id, kind])
        return [ReceiptSent(message.order_id)] if answer else []

    return rule
