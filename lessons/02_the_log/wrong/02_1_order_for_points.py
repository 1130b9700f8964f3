# breaks: order per guest
def key_of_order(event):
    return event.order_id


def key_of_points(event):
    return event.order_id


def key_of_look(event):
    return None
