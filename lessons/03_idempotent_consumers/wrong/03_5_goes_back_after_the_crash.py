# breaks: it breaks “no duplicate effect”


def stamped_twice():
    return """
    crash stamper commit 1 after
    duplicate stamper commit 2 suffix
    """
