# The relay tries again at once where no answer came, and gives up for now after three times
from dataclasses import dataclass

from sandbox import Event


@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int


from sandbox.errors import BrokerUnreachable


def place_order(order_id, cents, db, bus):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
        db.execute("INSERT INTO outbox (order_id, cents) VALUES (?, ?)", [order_id, cents])


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        for attempt in range(3):
            try:
                bus.publish("orders", OrderPlaced(row["order_id"], row["cents"]), key=row["order_id"])
                break
            except BrokerUnreachable:
                if attempt == 2:
                    return
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
