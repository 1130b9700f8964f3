# breaks: it breaks “conservation”
"""Done twice, and put back."""


def break_it():
    return """
        fail saga reserve 1 response
        fail saga reserve 2 response
    """
