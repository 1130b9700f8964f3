# The same at the second order, in one line each
def lost():
    return "fail shop publish 2 request; crash shop transaction 2 after"


def ghost():
    return "crash shop transaction 2 before"
