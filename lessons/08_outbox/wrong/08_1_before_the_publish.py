# breaks: it breaks “no ghost message”
"""Nothing is out, and nothing is stored."""


def lost():
    return """
        fail shop publish 1 request
        crash shop transaction 1 after
    """


def ghost():
    return "crash shop publish 1 before"
