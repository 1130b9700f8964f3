# three faults where two are enough: it counts, and is told so


def stamped_twice():
    return """
    duplicate till publish 1 late
    duplicate till publish 2 at-once
    crash stamper commit 2 after
    """
