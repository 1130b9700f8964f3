# It works, and with more faults than it needs
def lost():
    return """
        fail shop publish 1 request
        fail shop publish 2 request
        crash shop publish 2 before
    """


def ghost():
    return """
        fail shop publish 1 response
        crash shop transaction 1 before
    """
