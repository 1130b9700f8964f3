# breaks: it breaks “no duplicate effect”


def stamped_twice():
    return """
    crash stamper execute 1 after
    crash stamper execute 2 after
    """
