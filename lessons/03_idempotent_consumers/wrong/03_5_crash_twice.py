# breaks: it breaks “no duplicate effect”


def stamped_twice():
    return """
    crash stamper transaction 1 after
    crash stamper transaction 3 after
    """
