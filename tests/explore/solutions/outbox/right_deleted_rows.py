# The outbox first, its rows deleted once they are published, one at a time
from tests.explore.events import OrderPlaced


def place_order(order, db, bus):
    values = {"order_id": order.order_id, "version": order.version}
    with db.transaction():
        db.execute("INSERT INTO outbox (order_id, version) VALUES (:order_id, :version)", values)
        db.execute("INSERT INTO orders VALUES (:order_id, :version)", values)


def relay(db, bus):
    while rows := db.execute("SELECT * FROM outbox ORDER BY number LIMIT 1"):
        (row,) = rows
        bus.publish("orders", OrderPlaced(row["order_id"], row["version"]), key=row["order_id"])
        db.execute("DELETE FROM outbox WHERE number = ?", [row["number"]])
