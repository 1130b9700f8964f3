# breaks: order per key
def key_of_order(event):
    return str(event.table)


def key_of_points(event):
    return event.guest


def key_of_look(event):
    return None
