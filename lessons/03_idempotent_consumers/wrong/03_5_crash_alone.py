# breaks: it breaks “no duplicate effect”


def stamped_twice():
    return """
    crash stamper transaction 1 after
    """
