# It works, and with more faults than it needs
FIRST = "fail shop publish 1 request"
SECOND = "fail shop publish 2 request"


def lost():
    return "\n".join([FIRST, SECOND, "crash shop transaction 2 after"])


def ghost():
    return "fail shop publish 1 request; crash shop publish 2 after"
