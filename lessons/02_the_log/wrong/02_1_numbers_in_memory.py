# breaks: order per key
numbers = {}


def key_of_order(event):
    return str(numbers.setdefault(event.order_id, len(numbers)))


def key_of_points(event):
    return event.guest


def key_of_look(event):
    return None
