# No crash at all: the second error is caught by nobody, and ends the process
def lost():
    return """
        fail shop publish 1 request
        fail shop publish 2 request
    """


def ghost():
    return "crash shop publish 1 after"
