# breaks: it breaks “conservation”
"""The second attempt is answered: the order is served, and its cups are set aside anyhow."""


def break_it():
    return """
        fail saga reserve 1 late
    """
