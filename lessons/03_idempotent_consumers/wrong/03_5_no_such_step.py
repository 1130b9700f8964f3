# breaks: every fault strikes


def stamped_twice():
    return """
    duplicate till publish 3 late
    crash stamper commit 1 after
    """
