# Threads that publish when the function has long come back.
import threading
import time


def place_order(order_id, cents, db, bus):
    def later():
        while True:
            time.sleep(0.001)
            bus.publish("orders", None, key=order_id)

    threading.Thread(target=later, daemon=True).start()
    db.execute("INSERT INTO orders VALUES (?, ?)", [order_id, cents])


def relay(db, bus):
    pass
