# As if somebody had pressed Ctrl-C.
def place_order(order_id, cents, db, bus):
    raise KeyboardInterrupt


def relay(db, bus):
    pass
