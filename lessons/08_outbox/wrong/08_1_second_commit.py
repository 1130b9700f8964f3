# breaks: every fault strikes
"""There is only one transaction."""


def lost():
    return """
        fail shop publish 1 request
        crash shop transaction 2 after
    """


def ghost():
    return "crash shop publish 1 after"
