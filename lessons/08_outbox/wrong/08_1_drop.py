# breaks: the schedule can be read
"""A broker that loses what it has acknowledged is not in play."""


def lost():
    return "drop shop publish 1"


def ghost():
    return "crash shop publish 1 after"
