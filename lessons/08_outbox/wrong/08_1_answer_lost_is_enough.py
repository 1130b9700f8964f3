# breaks: it breaks “no ghost message”
"""The error is caught, and the order is committed; it is said twice, and true."""


def lost():
    return """
        fail shop publish 1 request
        crash shop transaction 1 after
    """


def ghost():
    return "fail shop publish 1 response"
