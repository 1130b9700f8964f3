# breaks: it breaks “conservation”
"""A crash is no reason to give up."""


def break_it():
    return """
        crash saga reserve 1 before
        crash saga charge 1 after
    """
