# Whoever builds this dict compares each key with all others.
def place_order(order_id, cents, db, bus):
    return {number * (2**61 - 1): None for number in range(1, 60_000)}


relay = place_order
