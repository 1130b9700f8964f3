# breaks: it breaks “no lost message”
"""The event is said later: the list is still there."""


def lost():
    return "fail shop publish 1 request"


def ghost():
    return "crash shop publish 1 after"
