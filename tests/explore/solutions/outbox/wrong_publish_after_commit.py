# breaks: no lost message
from tests.explore.events import OrderPlaced


def place_order(order, db, bus):
    with db.transaction():
        db.execute("INSERT INTO orders VALUES (?, ?)", [order.order_id, order.version])
    bus.publish("orders", OrderPlaced(order.order_id, order.version), key=order.order_id)


def relay(db, bus):
    pass
