# breaks: the load is spread
def key_of_order(event):
    return event.order_id


def key_of_points(event):
    return event.guest


def key_of_look(event):
    return event.screen
