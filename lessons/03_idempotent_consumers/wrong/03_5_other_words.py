# breaks: the schedule can be read


def stamped_twice():
    return """
    copy drink 1 late
    crash stamper
    """
