# dead between two drinks of one guest, and a late copy of the first


def stamped_twice():
    return """
    crash stamper execute 2 before
    duplicate till publish 1 late
    """
