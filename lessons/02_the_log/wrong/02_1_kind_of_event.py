# breaks: order per key
def key_of_order(event):
    return event.what


def key_of_points(event):
    return event.guest


def key_of_look(event):
    return None
