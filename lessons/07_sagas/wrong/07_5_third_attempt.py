# breaks: every fault strikes
"""There are two attempts in a run, and the second one is answered."""


def break_it():
    return """
        fail saga reserve 1 late
        fail saga reserve 3 request
    """
