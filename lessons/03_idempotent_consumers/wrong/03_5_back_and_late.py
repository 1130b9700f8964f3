# breaks: it breaks “no duplicate effect”


def stamped_twice():
    return """
    duplicate till publish 1 late
    duplicate stamper commit 2 suffix
    """
