# breaks: the schedule can be read


def stamped_twice():
    return """
    fail till publish 1 response
    """
