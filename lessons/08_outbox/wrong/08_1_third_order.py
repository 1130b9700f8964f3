# breaks: every fault strikes
"""There are only two orders."""

def lost():
    return """
        fail shop publish 3 request
        crash shop transaction 3 after
    """


def ghost():
    return "crash shop publish 1 after"
