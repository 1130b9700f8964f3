# breaks: it breaks “no lost message”
"""Only the answer is lost, and the event has arrived."""


def lost():
    return """
        fail shop publish 1 response
        crash shop transaction 1 after
    """


def ghost():
    return "crash shop publish 1 after"
