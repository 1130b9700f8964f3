# It falls into itself.
def place_order(order_id, cents, db, bus):
    place_order(order_id, cents, db, bus)


relay = place_order
