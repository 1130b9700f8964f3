# breaks: order per key
def key_of_order(event):
    return None


def key_of_points(event):
    return None


def key_of_look(event):
    return None
