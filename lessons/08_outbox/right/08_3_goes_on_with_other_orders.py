# An order that can't be published now is held up; others go on
from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import BrokerUnreachable


@dataclass(frozen=True)
class OrderChanged(Event):
    order_id: str
    what: str


def relay(db, bus):
    held_up = set()
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        order_id = row["order_id"]
        if order_id in held_up:
            continue
        try:
            bus.publish("orders", OrderChanged(order_id, row["what"]), key=order_id, id=row["id"])
        except BrokerUnreachable:
            held_up.add(order_id)
        else:
            db.execute("UPDATE outbox SET sent = 1 WHERE id = ?", [row["id"]])
    if held_up:
        raise BrokerUnreachable("some orders have to wait")
