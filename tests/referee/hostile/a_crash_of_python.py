# It takes the interpreter down.
import ctypes


def place_order(order_id, cents, db, bus):
    ctypes.string_at(0)


relay = place_order
