# The shop remembers what it has to say, and dies right before it says it
def lost():
    return """
        fail shop publish 1 request
        crash shop publish 2 before
    """


def ghost():
    return """
        fail shop publish 1 response
        crash shop transaction 1 before
    """
