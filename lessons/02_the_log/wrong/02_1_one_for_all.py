# breaks: the load is spread
def key_of_order(event):
    return "orders"


def key_of_points(event):
    return "points"


def key_of_look(event):
    return "looks"
