# The same bug, by a crash


def break_it():
    return """
        crash saga charge 1 after
        fail saga reserve 2 request
        fail saga reserve 3 request
    """
