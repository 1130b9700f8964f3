# breaks: it breaks “no lost message”
"""A call whose request is lost ends with an error, so nobody dies after it; and the rest is said later."""


def lost():
    return """
        fail shop publish 1 request
        crash shop publish 1 after
    """


def ghost():
    return "crash shop publish 1 after"
