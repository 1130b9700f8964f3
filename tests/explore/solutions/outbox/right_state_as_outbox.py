# No outbox: a position in the orders themselves, kept where a restart finds it
from tests.explore.events import OrderPlaced


def place_order(order, db, bus):
    db.execute("INSERT INTO orders VALUES (?, ?)", [order.order_id, order.version])


def relay(db, bus):
    last = db.execute("SELECT coalesce(max(number), 0) AS n FROM outbox")[0]["n"]
    for row in db.execute("SELECT rowid AS n, * FROM orders WHERE rowid > ? ORDER BY rowid", [last]):
        bus.publish("orders", OrderPlaced(row["order_id"], row["version"]), key=row["order_id"])
        db.execute("INSERT INTO outbox (number) VALUES (?)", [row["n"]])
