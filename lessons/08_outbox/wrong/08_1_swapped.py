# breaks: it breaks “no lost message”
"""The right schedules, each for the other function."""


def lost():
    return "crash shop publish 1 after"


def ghost():
    return """
        fail shop publish 1 request
        crash shop transaction 1 after
    """
