# breaks: no lost message
from tests.explore.events import OrderPlaced


def place_order(order, db, bus):
    try:
        with db.transaction():
            bus.publish("orders", OrderPlaced(order.order_id, order.version), key=order.order_id)
            db.execute("INSERT INTO orders VALUES (?, ?)", [order.order_id, order.version])
    except BaseException:
        db.execute("INSERT OR IGNORE INTO orders VALUES (?, ?)", [order.order_id, order.version])


def relay(db, bus):
    pass
