# Nothing stops it that can be caught.
def place_order(order_id, cents, db, bus):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


relay = place_order
