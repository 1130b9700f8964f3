# breaks: it breaks “no duplicate effect”


def stamped_twice():
    return """
    duplicate till publish 2 late
    crash stamper commit 2 after
    """
