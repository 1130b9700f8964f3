# It does not come back.
def place_order(order_id, cents, db, bus):
    while True:
        pass


def relay(db, bus):
    pass
