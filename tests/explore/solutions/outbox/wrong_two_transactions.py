# breaks: no lost message
from tests.explore.events import OrderPlaced


def place_order(order, db, bus):
    db.execute("INSERT INTO orders VALUES (?, ?)", [order.order_id, order.version])
    db.execute("INSERT INTO outbox (order_id, version) VALUES (?, ?)", [order.order_id, order.version])


def relay(db, bus):
    for row in db.execute("SELECT * FROM outbox WHERE sent = 0 ORDER BY number"):
        bus.publish("orders", OrderPlaced(row["order_id"], row["version"]), key=row["order_id"])
        db.execute("UPDATE outbox SET sent = 1 WHERE number = ?", [row["number"]])
