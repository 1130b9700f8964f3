# breaks: it breaks “no ghost message”
"""After the commit everything is stored and said."""


def lost():
    return """
        fail shop publish 1 request
        crash shop transaction 1 after
    """


def ghost():
    return "crash shop transaction 1 after"
