# breaks: it breaks “no duplicate effect”


def stamped_twice():
    return """
    duplicate till publish 1 at-once
    crash stamper commit 1 after
    """
