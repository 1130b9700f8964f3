from dataclasses import dataclass

from sandbox import Event
from sandbox.errors import BrokerUnreachable

@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str
    cents: int

unsaid = []

def place_order(order_id, cents, db, bus):
    event = OrderPlaced(order_id, cents)
    with db.transaction():  # all or nothing
        db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])
        try:
            bus.publish("orders", event, key=order_id)
        except BrokerUnreachable:
            unsaid.append(event)  # the order counts; say it later

def say_the_rest(bus):
    while unsaid:
        bus.publish("orders", unsaid[0], key=unsaid[0].order_id)
        unsaid.pop(0)
