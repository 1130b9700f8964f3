# breaks: it breaks “no lost message”
"""The shop dies inside the transaction: the order is gone, too, so nothing is missing."""


def lost():
    return """
        fail shop publish 1 request
        crash shop publish 1 after
    """


def ghost():
    return "crash shop publish 1 after"
