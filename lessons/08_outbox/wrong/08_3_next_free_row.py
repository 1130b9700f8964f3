# breaks: order per key
"""Each claims the next free row, as with SKIP LOCKED; what nobody finishes is done again at the end."""

from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


CLAIM = """
UPDATE outbox SET sent = 2
WHERE number = (SELECT min(number) FROM outbox WHERE sent = ?)
RETURNING *
"""


def relay(db, bus):
    for state in (0, 2):  # first what is free, then what somebody has claimed and not done
        while rows := db.execute(CLAIM, [state]):
            row = rows[0]
            bus.publish(
                "orders", OrderChanged(row["order_id"], row["what"]), key=row["order_id"], id=row["id"]
            )
            db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
