# breaks: no lost message
from tests.explore.events import OrderPlaced

waiting = []


def place_order(order, db, bus, waiting=waiting):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order.order_id, order.version])
    waiting.append(order)
    while waiting:
        bus.publish("orders", OrderPlaced(waiting[0].order_id, waiting[0].version), key=waiting[0].order_id)
        waiting.pop(0)


def relay(db, bus):
    pass
