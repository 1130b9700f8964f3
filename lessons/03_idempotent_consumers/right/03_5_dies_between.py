# dead between two drinks of one guest, and a late copy of the first


def stamped_twice():
    return """
    crash stamper begin 3 before
    duplicate till publish 1 late
    """
