# breaks: it breaks “conservation”
"""Charged again with the same key: the late one changes nothing."""


def break_it():
    return """
        fail saga charge 1 late
    """
