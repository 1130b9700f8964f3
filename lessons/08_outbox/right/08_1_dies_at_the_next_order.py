# The shop dies only when the next guest orders; and a lost answer makes the ghost
def lost():
    return """
        fail shop publish 1 request
        crash shop execute 2 before
    """


def ghost():
    return """
        fail shop publish 1 response
        crash shop transaction 1 before
    """
