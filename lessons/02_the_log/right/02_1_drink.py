# The looks by drink: no order is needed, and drinks spread well
def key_of_order(event):
    return event.order_id


def key_of_points(event):
    return event.guest.lower()


def key_of_look(event):
    return event.drink
