# Bytes, with a word in front
def key_of_order(event):
    return b"order/" + event.order_id.encode()


def key_of_points(event):
    return f"guest/{event.guest}"


def key_of_look(event):
    return None
