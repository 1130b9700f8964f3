from dataclasses import dataclass
from sandbox import Event
from sandbox.errors import BrokerUnreachable
@dataclass(frozen=True)
class OrderPlaced(Event):
    order_id: str

unsaid = []
def place_order(order_id, db, bus):
    with db.transaction():  # all or nothing
        db.execute("INSERT INTO orders VALUES (?)", [order_id])
        try:
            bus.publish("orders", OrderPlaced(order_id), key=order_id)
        except BrokerUnreachable:
            unsaid.append(order_id)  # the order counts; say it later

def say_the_rest(bus):
    while unsaid:
        bus.publish("orders", OrderPlaced(unsaid[0]), key=unsaid[0])
        unsaid.pop(0)
