# breaks: it breaks “conservation”
"""The next run asks again, and the stock knows the order."""


def break_it():
    return """
        crash saga reserve 1 after
    """
