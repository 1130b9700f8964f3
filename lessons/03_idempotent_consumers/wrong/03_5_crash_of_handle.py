# breaks: every fault strikes


def stamped_twice():
    return """
    duplicate till publish 1 late
    crash stamper handle 1 after
    """
